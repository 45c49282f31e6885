// Draws a chart in a live notebook from the same compiled Vega as on a page. All charts of a window share one copy of Vega: a copy for
// each would be a megabyte in memory and in the saved notebook, and copies give their clip paths the same names.

const load = (script) => {
  const copies = (globalThis.chokepointVega ??= new Map()), name = script.get("digest");
  if (!copies.has(name)) copies.set(name, imported(script.get("packed")).catch((error) => { copies.delete(name); throw error; }));
  return copies.get(name);
};

const imported = async (packed) => {
  const text = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    const { default: vega } = await import(address);
    vega.expressionFunction("datetime", (...parts) => new Date(...parts)); // the interpreter's own takes one number for a year
    return vega;
  } finally {
    URL.revokeObjectURL(address);
  }
};

// The inks of the book's own dark pages, where JupyterLab is dark.
const DARK = { cp_ink: "#e9e8e4", cp_soft: "#a9adb3", cp_grid: "#3b3e43", cp_paper: "#111111" };
const paint = (view, own) => {
  const inks = document.body.dataset.jpThemeLight === "false" ? DARK : own;
  for (const name of Object.keys(DARK)) view.signal(name, inks[name]);
};

// A tooltip of plain text: whatever the data hold, nothing in it is markup.
const tip = (_handler, event, _item, value) => {
  const bubble = (globalThis.chokepointTip ??= document.body.appendChild(Object.assign(document.createElement("div"), {
    style: "position:fixed;z-index:10000;pointer-events:none;max-width:24rem;padding:.3rem .6rem;border-radius:4px;font:13px system-ui,sans-serif;background:#22252a;color:#fff",
  })));
  bubble.hidden = value == null || value === "";
  if (bubble.hidden) return;
  const lines = typeof value === "object" ? Object.entries(value).map(([k, v]) => `${k}: ${v}`) : [String(value)];
  bubble.replaceChildren(...lines.map((text) => Object.assign(document.createElement("div"), { textContent: text })));
  bubble.style.left = `${Math.max(0, Math.min(event.clientX + 14, innerWidth - bubble.offsetWidth - 8))}px`;
  bubble.style.top = `${Math.max(event.clientY - bubble.offsetHeight - 10, 8)}px`;
};

export default {
  async render({ model, el, host }) {
    const vega = await load(await host.getModel(model.get("script")));
    const element = (name) => document.createElement(name);
    const box = el.appendChild(element("div")); // ipywidgets writes over the style of `el`
    box.className = "cp-live-chart";
    Object.assign(box.style, { maxWidth: "56rem", overflowX: "auto", overflowY: "hidden" });
    let view, spec, turn = 0, drawing = 0;

    const fits = () => spec.signals?.some((signal) => signal.name === "cp_column" && "value" in signal);
    // As on the page (charts.js): the column's width is given, and the plot takes what axes, legends and words leave of it.
    const PASSES = 4;
    const laid = async (made) => {
      const column = Math.floor(box.clientWidth);
      if (!fits()) return made.runAsync();
      box.column = column;
      const over = async (plot) => {
        await made.signal("cp_column", column).width(plot).resize().runAsync();
        const drawing = made.container().querySelector("svg, canvas");
        return (drawing.width.baseVal?.value ?? (parseFloat(drawing.style.width) || drawing.width / devicePixelRatio)) - column;
      };
      let plot = column, out = await over(plot), next = plot - out;
      for (let pass = 1; pass < PASSES && out > 0 && next > column / 5; pass++) {
        const then = await over(next);
        if (then >= out) { await over(plot); break; }
        const gain = (plot - next) / (out - then);
        [plot, out] = [next, then];
        next = Math.floor(plot - out * Math.min(gain, 3));
      }
    };

    const draw = async () => {
      if (!box.clientWidth) return; // not laid out yet, and nothing to measure: the observer below comes back when it is
      const mine = ++turn;
      drawing++;
      try { await drawn(mine); } finally { drawing--; }
    };
    const drawn = async (mine) => {
      spec = JSON.parse(model.get("spec"));
      const selects = element("div"), picture = element("div");
      selects.style.cssText = "display:flex;flex-wrap:wrap;gap:.3rem 1.2rem";
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", model.get("alt_text"));
      const inside = picture.appendChild(element("div"));
      inside.setAttribute("aria-hidden", "true");
      const made = new vega.View(vega.parse(spec, {}, { ast: true }), {
        expr: vega.expressionInterpreter, renderer: model.get("renderer"), container: inside, bind: selects, hover: true, tooltip: tip, logLevel: 2,
      });
      paint(made, Object.fromEntries(spec.signals.map(({ name, value }) => [name, value])));
      await laid(made);
      if (mine !== turn) return made.finalize(); // asked for again meanwhile
      box.replaceChildren(selects, picture);
      view?.finalize();
      view = made;
      Object.assign(box, { view, spec });
      box.dataset.drawn = "true";
    };
    // A move of a slider changes parameters and rows, and nothing else of a chart: they are put into the drawing there is.
    const frame = ({ data, signals, ...rest }) => JSON.stringify([rest, data?.map(({ values, ...one }) => one), signals?.map(({ value, ...one }) => one)]);
    const moved = async () => {
      const next = JSON.parse(model.get("spec"));
      if (!view || drawing || frame(next) !== frame(spec)) return draw();
      const before = spec;
      spec = box.spec = next;
      next.signals?.forEach(({ name, value }, i) => { if (value !== before.signals[i].value) view.signal(name, value); });
      next.data?.forEach(({ name, values }, i) => { if (values && JSON.stringify(values) !== JSON.stringify(before.data[i].values)) view.data(name, values); });
      await view.runAsync();
    };
    const shown = (how = draw) => how().catch((error) => {
      box.textContent = `This chart could not be drawn: ${error.message}`;
      throw error;
    });

    const fit = new ResizeObserver(() => {
      if (!box.clientWidth) return;
      if (!view) shown();
      else if (fits() && Math.floor(box.clientWidth) !== box.column) laid(view);
    });
    fit.observe(box);
    const dark = new MutationObserver(() => shown());
    dark.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
    const change = () => shown(moved);
    model.on("change:spec", change);
    return () => {
      fit.disconnect();
      dark.disconnect();
      model.off("change:spec", change);
      view?.finalize();
    };
  },
};

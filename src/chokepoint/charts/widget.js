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

// On a dark notebook the ink is the notebook's own; on a light one, that of the book.
const INKS = { cp_ink: "--jp-ui-font-color1", cp_soft: "--jp-ui-font-color2", cp_grid: "--jp-border-color2" };
const paint = (view, own) => {
  const dark = document.body.dataset.jpThemeLight === "false", css = getComputedStyle(document.body);
  for (const [name, variable] of Object.entries(INKS)) view.signal(name, (dark && css.getPropertyValue(variable).trim()) || own[name]);
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
    el.classList.add("cp-live-chart");
    Object.assign(el.style, { width: "100%", minWidth: 0, overflowX: "auto", overflowY: "hidden" });
    let view, spec, turn = 0;

    const fits = () => spec.signals?.some((signal) => signal.name === "width");
    const laid = async (made) => {
      await made.runAsync();
      // A legend whose columns follow the width may need more lines than there was room for when the width was first worked out.
      if (spec.legends?.some((legend) => legend.columns?.signal)) await made.resize().runAsync();
    };

    const draw = async () => {
      if (!el.clientWidth) return; // not laid out yet, and nothing to measure: the observer below comes back when it is
      const mine = ++turn, element = (name) => document.createElement(name);
      spec = structuredClone(model.get("spec"));
      const selects = element("div"), picture = element("div");
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", model.get("alt_text"));
      const inside = picture.appendChild(element("div"));
      inside.setAttribute("aria-hidden", "true");
      const made = new vega.View(vega.parse(spec, {}, { ast: true }), {
        expr: vega.expressionInterpreter, renderer: model.get("renderer"), container: inside, bind: selects, hover: true, tooltip: tip, logLevel: 2,
      });
      paint(made, Object.fromEntries(spec.signals.map(({ name, value }) => [name, value])));
      if (fits()) made.signal("width", el.clientWidth);
      await laid(made);
      if (mine !== turn) return made.finalize(); // asked for again meanwhile
      el.replaceChildren(selects, picture);
      view?.finalize();
      view = el.view = made;
      el.dataset.drawn = "true";
    };
    const shown = () => draw().catch((error) => {
      el.textContent = `This chart could not be drawn: ${error.message}`;
      throw error;
    });

    const fit = new ResizeObserver(() => {
      if (!el.clientWidth) return;
      if (!view) shown();
      else if (fits() && Math.abs(view.signal("width") - el.clientWidth) > 1) laid(view.signal("width", el.clientWidth));
    });
    fit.observe(el);
    const dark = new MutationObserver(shown);
    dark.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
    model.on("change:spec", shown);
    return () => {
      fit.disconnect();
      dark.disconnect();
      model.off("change:spec", shown);
      view?.finalize();
    };
  },
};

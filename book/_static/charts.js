// Draws the charts of a page as they come near the screen, lets the reader's sliders recompute them, and keeps the settings in the address.
// The models are in the charts themselves, compiled from the Python; nothing here computes anything.
(() => {
  "use strict";
  const PAUSE = 600;         // ms without a move, after which settings are spoken, tabulated and kept in the address
  const drawing = new Map(); // chart element → promise of its Vega view
  const drawn = new Map();   // chart element → its view and what the view was made from
  const asked = new URLSearchParams(location.search);
  const number = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });
  const percent = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
  const figure = (cell, value) => "percent" in cell.dataset ? `${percent.format(100 * value)} %` : number.format(value);
  const shown = (cell, value) => {
    if (value === 0 && cell.dataset.none) return cell.dataset.none; // an event that does not come
    return value > Number(cell.dataset.noEnd) ? "no end" : figure(cell, value).replace("-", "\u2212");
  };

  // --- drawing ---

  const paint = (view) => {
    const css = getComputedStyle(document.documentElement);
    for (const name of ["ink", "soft", "grid"]) {
      const colour = css.getPropertyValue(`--cp-${name}`).trim();
      if (colour) view.signal(`cp_${name}`, colour);
    }
    return view;
  };
  const repaint = () => drawn.forEach(({ view }) => paint(view).runAsync());

  // A legend whose columns follow the width may need more lines than there was room for when the width was first worked out.
  const laid = async (view, spec) => {
    await view.runAsync();
    if (spec.legends?.some((legend) => legend.columns?.signal)) await view.resize().runAsync();
    return view;
  };

  // A chart as wide as its column, whatever made the column change.
  const fit = new ResizeObserver((changes) => {
    for (const { target, contentRect } of changes) {
      const { view, spec } = drawn.get(target);
      if (contentRect.width > 0 && Math.abs(view.signal("width") - contentRect.width) > 1) laid(view.signal("width", contentRect.width), spec);
    }
  });

  const draw = (box) => {
    if (!drawing.has(box)) drawing.set(box, start(box));
    return drawing.get(box);
  };

  vega.expressionFunction("datetime", (...parts) => new Date(...parts)); // the interpreter's own takes one number for a year
  for (const [name, model] of Object.entries(window.chokepointModels ?? {})) vega.expressionFunction(name, model);

  const start = async (box) => {
    const script = box.nextElementSibling, spec = JSON.parse(script.textContent);
    // Expressions are interpreted, not compiled with Function, which the page's Content-Security-Policy forbids.
    const place = box.appendChild(document.createElement("div"));
    place.setAttribute("aria-hidden", "true"); // Vega writes over its place's role and name; those in words are the box's
    const view = new vega.View(vega.parse(spec, {}, { ast: true }), {
      expr: vega.expressionInterpreter, renderer: script.dataset.renderer || "svg", container: place, hover: true, tooltip: tip, logLevel: 2,
    });
    const chart = { view, spec };
    drawn.set(box, chart);
    const section = box.closest(".cp-explorable");
    for (const input of section?.querySelectorAll(".cp-controls input") ?? []) view.signal(input.name, Number(input.value));
    await laid(paint(view), spec);
    chart.own = settings(chart);
    if (restore(chart)) await view.runAsync();
    keep(chart);
    if (spec.signals.some((s) => s.name === "width")) fit.observe(box);
    box.dataset.drawn = "true";
    performance.mark("cp-chart");
    if (section && altered(section)) due(section);
    return view;
  };

  // A tooltip of plain text: whatever the data hold, nothing in it is markup.
  const bubble = Object.assign(document.createElement("div"), { className: "cp-tip", hidden: true });
  const tip = (_handler, event, _item, value) => {
    bubble.hidden = value == null || value === "";
    if (bubble.hidden) return;
    const lines = typeof value === "object" ? Object.entries(value).map(([k, v]) => `${k}: ${v}`) : [String(value)];
    bubble.replaceChildren(...lines.map((text) => Object.assign(document.createElement("div"), { textContent: text })));
    bubble.style.left = `${Math.min(event.clientX + 14, innerWidth - bubble.offsetWidth - 8)}px`;
    bubble.style.top = `${Math.max(event.clientY - bubble.offsetHeight - 10, 8)}px`;
  };

  // --- the reader's settings: sliders, selects and clicked marks; in the address only where they differ from the page's own ---

  const sliders = () => [...document.querySelectorAll(".cp-controls input")];
  const key = (input) => `${input.closest(".cp-explorable").dataset.model}.${input.name}`;
  const inputs = (section) => [...section.querySelectorAll(".cp-controls input")];
  const selects = ({ spec }) => spec.signals.filter((s) => s.bind?.options);
  // Marks that were clicked, by one field; those that a select chooses as well are kept by the select.
  const clicks = ({ view, spec }) => spec.data.filter((d) => d.name.endsWith("_store")).map((d) => {
    const name = d.name.slice(0, -6), fields = view.signal(`${name}_tuple_fields`) ?? [];
    return { name, store: d.name, field: fields[0], one: fields.length === 1 && fields[0].type === "E" };
  }).filter(({ name, field, one }) => one && !selects({ spec }).some((s) => s.name === `${name}_${field.field}`));
  // What is chosen in a chart, as an address says it: name → list of texts.
  const settings = (chart) => Object.fromEntries([
    ...selects(chart).map(({ name }) => [name, [String(chart.view.signal(name))]]),
    ...clicks(chart).map(({ name, store }) => [name, chart.view.data(store).map((tuple) => String(tuple.values[0]))])]);
  const changed = (chart) => Object.entries(settings(chart)).filter(([name, values]) => String(values) !== String(chart.own[name]));

  const altered = (part) => {
    const chart = drawn.get(part.querySelector(".cp-chart"));
    return inputs(part).some((i) => i.value !== i.defaultValue) || !!chart?.own && changed(chart).length > 0;
  };

  // What an address asks for is taken only if the page itself offers it.
  const place = (input) => {
    const text = asked.get(key(input)), value = Number(text);
    if (text?.trim() && value >= Number(input.min) && value <= Number(input.max)) input.value = value;
  };
  const choose = (chart, wanted) => {
    const { view, spec } = chart;
    for (const { name, bind } of selects(chart)) {
      const option = bind.options.find((o) => String(o) === wanted(name)[0]);
      if (option !== undefined) view.signal(name, option);
    }
    for (const { name, store, field } of clicks(chart)) {
      const rows = spec.data.filter((d) => d.name !== store).flatMap((d) => view.data(d.name));
      const offered = new Map(rows.map((row) => [String(row[field.field]), row[field.field]]));
      if (wanted(name).length && wanted(name).every((text) => offered.has(text))) {
        view.data(store, wanted(name).map((text) => ({ unit: "", fields: [field], values: [offered.get(text)] })));
      }
    }
  };
  const restore = (chart) => {
    choose(chart, (name) => asked.getAll(name));
    return changed(chart).length > 0;
  };

  const keep = (chart) => {
    for (const { name } of selects(chart)) chart.view.addSignalListener(name, (_, value) => {
      for (const other of drawn.values()) if (selects(other).some((s) => s.name === name && s.bind.options.includes(value))) other.view.signal(name, value).runAsync();
      pause();
    });
    for (const { store } of clicks(chart)) chart.view.addDataListener(store, () => pause());
  };

  const address = (part) => {
    const query = new URLSearchParams(location.search);
    const put = (name, values) => { query.delete(name); values.forEach((v) => query.append(name, v)); };
    for (const input of sliders()) put(key(input), input.value === input.defaultValue ? [] : [input.value]);
    for (const chart of drawn.values()) {
      if (!chart.own) continue;
      for (const name of Object.keys(chart.own)) put(name, []);
      for (const [name, values] of changed(chart)) put(name, values);
    }
    const url = new URL(location.href);
    url.search = query.toString();
    if (part) url.hash = part.querySelector(".cp-chart").id;
    return url.href;
  };

  let resting, moved = new Set();
  const pause = (section) => {
    if (section) moved.add(section);
    clearTimeout(resting);
    resting = setTimeout(() => {
      for (const one of moved) {
        announce(one);
        drawn.get(one.querySelector(".cp-chart"))?.view.resize().runAsync(); // labels may be wider now; not while a slider moves, or the picture would jump
      }
      moved = new Set();
      try { history.replaceState(null, "", address()); } catch { /* a browser that lets no page from disk do so; the menu still copies the link */ }
      document.dispatchEvent(new CustomEvent("cp:paused"));
    }, PAUSE);
  };

  // --- explorables ---

  const waiting = new Set();
  const due = (section) => {
    if (!waiting.size) requestAnimationFrame(() => { const all = [...waiting]; waiting.clear(); all.forEach(show); });
    waiting.add(section);
  };

  const told = (input) => {
    const output = input.parentElement.querySelector("output");
    output.firstElementChild.textContent = shown(output.firstElementChild, Number(input.value));
    input.setAttribute("aria-valuetext", output.textContent);
  };

  const show = async (section) => {
    const began = performance.now(), view = await draw(section.querySelector(".cp-chart"));
    for (const input of inputs(section)) view.signal(input.name, Number(input.value));
    await view.runAsync();
    for (const cell of section.querySelectorAll("[data-result]")) {
      const value = view.signal(cell.dataset.result);
      cell.dataset.value = String(value);
      cell.textContent = shown(cell, value);
    }
    section.querySelector(".cp-sentence").textContent = view.signal("cp_sentence");
    section.dataset.settled = String(Number(section.dataset.settled || 0) + 1);
    performance.clearMeasures("cp-work");
    performance.measure("cp-work", { start: began });
  };

  // Spoken after a pause, so that a slider on the move does not chatter.
  const announce = (section) => {
    const rows = [...section.querySelectorAll(".cp-results tr")].map((row) => [...row.cells].map((c) => c.textContent).join(" ").trim());
    section.querySelector(".cp-said").textContent = `${section.querySelector(".cp-sentence").textContent} ${rows.join("; ")}.`;
  };

  // The same assumption on two explorables of the page is one assumption.
  const same = (a, b) => ["name", "min", "max", "step", "defaultValue"].every((k) => a[k] === b[k]) && a.labels[0].textContent === b.labels[0].textContent;
  const follow = (input) => {
    const section = input.closest(".cp-explorable");
    told(input);
    due(section);
    pause(section);
    for (const other of sliders()) {
      if (other === input || other.value === input.value || !same(input, other)) continue;
      other.value = input.value;
      told(other);
      const theirs = other.closest(".cp-explorable");
      if (drawing.has(theirs.querySelector(".cp-chart"))) due(theirs);
    }
  };

  const reset = (part) => {
    const own = inputs(part);
    own.forEach((input) => { input.value = input.defaultValue; });
    own.forEach(follow);
    const chart = drawn.get(part.querySelector(".cp-chart"));
    if (!chart?.own) return;
    for (const { name, store } of clicks(chart)) if (!chart.own[name].length) chart.view.data(store, []);
    choose(chart, (name) => chart.own[name] ?? []);
    chart.view.runAsync();
  };

  const explorable = (section) => {
    const form = section.querySelector("form");
    for (const input of inputs(section)) { place(input); told(input); }
    form.addEventListener("input", (event) => follow(event.target));
    form.addEventListener("reset", (event) => { event.preventDefault(); reset(section); });
    form.addEventListener("submit", (event) => event.preventDefault());
  };

  // --- how many marks a chart shows, axes and legends aside, whichever way it is drawn ---

  const marks = (mark) => {
    if (!["mark", "scope", "frame"].includes(mark.role)) return 0;
    if (mark.marktype === "group") return mark.items.flatMap((g) => g.items ?? []).reduce((n, m) => n + marks(m), 0);
    if (["line", "area", "trail"].includes(mark.marktype)) return mark.items.length > 1 ? 1 : 0;
    return mark.items.filter((item) => item.opacity !== 0 && (mark.marktype !== "text" || item.text)).length;
  };

  const boxes = [...document.querySelectorAll(".cp-chart")];
  document.body.append(bubble);
  document.querySelectorAll(".cp-explorable").forEach(explorable);
  const near = new IntersectionObserver((seen) => {
    for (const entry of seen) if (entry.isIntersecting) { near.unobserve(entry.target); draw(entry.target); }
  }, { rootMargin: "400px" });
  boxes.forEach((box) => near.observe(box));
  new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  // Paper is white whatever the screen is, and finer than any screen's canvas.
  let theme;
  const root = document.documentElement.dataset;
  addEventListener("beforeprint", () => {
    theme = root.theme;
    root.theme = "light";
    drawn.forEach(({ view }) => { if (view.renderer() !== "svg") view.renderer("svg"); });
    repaint();
    boxes.forEach(draw);
  });
  addEventListener("afterprint", () => { root.theme = theme; });

  window.chokepoint = {
    drawAll: () => Promise.all(boxes.map(draw)),
    marks: () => boxes.map((box) => (drawn.has(box) ? marks(drawn.get(box).view.scenegraph().root) : 0)),
    view: (part) => draw(part.querySelector(".cp-chart")),
    data: (part) => { const { view, spec } = drawn.get(part.querySelector(".cp-chart")); return spec.data.map((d) => view.data(d.name)); },
    address, altered, reset, shown,
  };
})();

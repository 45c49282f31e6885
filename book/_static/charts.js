// Draws the charts of a page as they come near the screen, lets the reader's sliders recompute them, and keeps the settings in the address.
// The models are in the charts themselves, compiled from the Python; nothing here computes anything.
(() => {
  "use strict";
  const PAUSE = 600;         // ms without a move, after which settings are spoken, tabulated and kept in the address
  const drawing = new Map(); // chart element → promise of its Vega view
  const drawn = new Map();   // chart element → its view and what the view was made from
  const asked = new URLSearchParams(location.search);
  // Formats are made when the first number is told: they take longer than all the rest of this script.
  const formats = new Map();
  const format = (value, figures) => {
    if (!formats.has(figures)) formats.set(figures, new Intl.NumberFormat("en-US", { maximumSignificantDigits: figures }));
    return formats.get(figures).format(value);
  };
  const brief = (value) => format(value, 3); // of a model; a year has all its figures, and a slider its steps
  const figure = (cell, value) => {
    if ("percent" in cell.dataset) return `${brief(100 * value)}%`;
    return "result" in cell.dataset && cell.dataset.unit !== "year" ? brief(value) : format(value, 4);
  };
  const shown = (cell, value) => {
    if (value === 0 && cell.dataset.none) return cell.dataset.none; // an event that does not come
    return value > Number(cell.dataset.noEnd) ? "no end" : figure(cell, value).replace("-", "\u2212");
  };

  // --- drawing ---

  const paint = (view) => {
    const css = getComputedStyle(document.documentElement);
    for (const name of ["ink", "soft", "grid", "paper"]) {
      const colour = css.getPropertyValue(`--cp-${name}`).trim();
      if (colour) view.signal(`cp_${name}`, colour);
    }
    return view;
  };
  const repaint = () => drawn.forEach(({ view }) => paint(view).runAsync());

  // The column's width is given; the plot takes what axes, legends and words leave of it. A narrower plot is kept only where more then
  // fits, and no more than so many are tried: the picture follows from column, data and fonts, never from the picture before it.
  const PASSES = 4;
  const width = (picture) => picture.width.baseVal?.value ?? (parseFloat(picture.style.width) || picture.width / devicePixelRatio); // a canvas has no style of its own where a pixel is a pixel
  const arrange = async (chart) => {
    const { box, view, spec } = chart, column = Math.floor(box.clientWidth);
    chart.waits = false;
    if (!column || !fits(spec)) return view.runAsync();
    chart.column = column;
    const over = async (plot) => {
      await chart.pause?.();
      await view.signal("cp_column", column).width(plot).resize().runAsync();
      return width(view.container().querySelector("svg, canvas")) - column;
    };
    let plot = column, out = await over(plot), next = plot - out;
    for (let pass = 1; pass < PASSES && out > 0 && next > column / 5; pass++) {
      const then = await over(next);
      if (then >= out) { await over(plot); break; } // words wider than the column: no plot is narrow enough for them
      const gain = (plot - next) / (out - then); // by so much is it to be narrower for each pixel that stands out
      [plot, out] = [next, then];
      next = Math.floor(plot - out * Math.min(gain, 3));
    }
  };
  const fits = (spec) => spec.signals.some((signal) => signal.name === "cp_column" && "value" in signal);
  // One after the other; those that wait are one, and find the width as it is by then.
  const lay = (chart) => {
    if (!chart.waits) {
      chart.waits = true;
      chart.lying = (chart.lying ?? Promise.resolve()).then(() => arrange(chart));
    }
    return chart.lying;
  };

  // A chart as wide as its column, whatever made the column change; its height, which it makes itself, changes nothing.
  const fit = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      const chart = drawn.get(target);
      if (Math.floor(target.clientWidth) !== chart.column) lay(chart);
    }
  });

  const partOf = (box) => box.closest(".cp-explorable, .cp-pair > div, .cp-figure");

  // One chart after the other, and between two steps of one the browser takes what the reader does.
  let queue = Promise.resolve();
  const draw = (box) => {
    if (!drawing.has(box)) {
      const done = queue.then(() => start(box));
      queue = done.catch(() => drawing.delete(box));
      drawing.set(box, done);
    }
    return drawing.get(box);
  };
  let hurried = false; // paper does not wait
  const breathe = () => (hurried ? null : new Promise((done) => setTimeout(done)));

  // Words come first: Vega weighs more than they do, so it is fetched once the page has loaded. A fetch that fails is tried anew by the next chart.
  const SLOW = 1500; // ms; a page whose fonts do not come within a moment does not wait for them
  const patient = (promise) => Promise.race([promise, new Promise((done) => setTimeout(done, SLOW))]);
  const folder = document.currentScript.src.replace(/[^/]*$/, "");
  const loaded = patient(new Promise((done) => { if (document.readyState === "complete") done(); else addEventListener("load", () => setTimeout(done)); }));
  let fetching;
  const fetchVega = () => (fetching ??= loaded.then(() => new Promise((done, fail) => {
    if (window.vega) { done(); return; }
    document.head.append(Object.assign(document.createElement("script"), { src: `${folder}vega.js`, onload: done, onerror: fail }));
  })).then(() => {
    vega.expressionFunction("datetime", (...parts) => new Date(...parts)); // the interpreter's own takes one number for a year
    for (const [name, model] of Object.entries(window.chokepointModels ?? {})) vega.expressionFunction(name, model);
  }, (fault) => { fetching = null; throw fault; }));

  // Words are measured in the font that they will have. A browser that does not get it within a moment draws in another.
  const fontsReady = loaded.then(() => patient(Promise.all([400, 700].map((weight) => document.fonts.load(`${weight} 12px "Chokepoint Sans"`))).catch(() => {})));

  // What a script element holds: in itself, or in the file that it names, where rows stand by column.
  const files = new Map();
  const fetchFile = (address) => {
    if (!files.has(address)) files.set(address, new Promise((done, fail) => {
      document.head.append(Object.assign(document.createElement("script"), { src: folder + address, onload: done, onerror: fail }));
    }).catch((fault) => { files.delete(address); throw fault; }));
    return files.get(address);
  };
  const rows = ({ names, columns, values }) => (columns
    ? columns[0].map((_, i) => Object.fromEntries(names.map((name, k) => [name, columns[k][i]]))) : structuredClone(values));
  const content = async ({ dataset: { file, at }, textContent: text }) => {
    if (text || !file) return JSON.parse(text);
    await fetchFile(file);
    const { tables, parts } = window.chokepointFiles[file.split("?")[0]], part = structuredClone(parts[at]); // Vega marks the rows that it reads
    for (const one of part.data ?? []) if ("table" in one) { one.values = rows(tables[one.table]); delete one.table; }
    return part;
  };

  const start = async (box) => {
    const script = box.nextElementSibling;
    const [spec] = await Promise.all([loaded.then(() => content(script)), fetchVega(), fontsReady, begun]);
    await breathe();
    // Expressions are interpreted, not compiled with Function, which the page's Content-Security-Policy forbids.
    const place = box.appendChild(document.createElement("div"));
    place.className = "cp-pending"; // beside the room that is kept for it, until it takes that room
    place.setAttribute("aria-hidden", "true"); // Vega writes over its place's role and name; those in words are the box's
    for (const { bind } of spec.signals) if (bind?.element) document.querySelector(bind.element).replaceChildren();
    const runtime = vega.parse(spec, {}, { ast: true });
    await breathe();
    const view = new vega.View(runtime, {
      expr: vega.expressionInterpreter, renderer: script.dataset.renderer || "svg", container: place, hover: true, tooltip: tip, logLevel: 2,
    });
    const chart = { box, view, spec };
    drawn.set(box, chart);
    const section = box.closest(".cp-explorable");
    for (const input of section?.querySelectorAll(".cp-controls input") ?? []) view.signal(input.name, Number(input.value));
    paint(view);
    chart.pause = breathe;
    await lay(chart);
    chart.pause = null; // from now on it is seen, and each width that is tried would be
    chart.own = settings(chart);
    if (restore(chart)) await view.runAsync();
    keep(chart);
    // The second comes later and knows better: of a canvas, what lies under a finger is not yet worked out at the first.
    for (const event of ["pointerdown", "touchstart"]) view.addEventListener(event, (_event, item) => { chart.under = item; });
    place.className = "";
    box.querySelectorAll(".cp-room").forEach((room) => room.remove());
    box.dataset.drawn = "true";
    if (fits(spec)) fit.observe(box);
    performance.mark("cp-chart");
    box.dispatchEvent(new CustomEvent("cp:drawn", { bubbles: true, detail: view }));
    if (section && altered(section)) due(section);
    return view;
  };

  // A tooltip of plain text: whatever the data hold, nothing in it is markup.
  const bubble = Object.assign(document.createElement("div"), { className: "cp-tip", hidden: true });
  const say = (value, { clientX, clientY }, held) => {
    bubble.hidden = value == null || value === "";
    if (bubble.hidden) return;
    const lines = typeof value === "object" ? Object.entries(value).map(([k, v]) => `${k}: ${v}`) : [String(value)];
    bubble.replaceChildren(...lines.map((text) => Object.assign(document.createElement("div"), { textContent: text })));
    bubble.classList.toggle("cp-held", held); // it scrolls with the mark that it tells of
    bubble.style.left = `${Math.max(Math.min(clientX + 14, document.documentElement.clientWidth - bubble.offsetWidth - 8), 8) + (held ? scrollX : 0)}px`;
    bubble.style.top = `${Math.max(clientY - bubble.offsetHeight - 10, 8) + (held ? scrollY : 0)}px`;
  };
  const tip = (_handler, event, _item, value) => { if (!touching) say(value, event, false); };

  // Under a finger nothing hovers: a tap tells of the mark nearest to it, until the next tap. What a browser makes of a tap for
  // pages that know only mice comes after it, and is not listened to.
  const REACH = 24; // px around a finger
  let touching = false;
  const finger = (event) => { touching = event.pointerType !== "mouse"; };
  addEventListener("pointerdown", finger, true);
  addEventListener("pointermove", finger, true);
  addEventListener("pointerup", (event) => {
    if (!touching) return;
    const box = event.target.closest?.(".cp-chart"), chart = drawn.get(box);
    say(chart && told(chart, event), event, true);
  });

  // On a canvas Vega knows a mark only while something moves over it, and a lifted finger ends that: so it is told again before the click.
  addEventListener("mousedown", (event) => {
    if (!touching || event.target.localName !== "canvas") return;
    const { clientX, clientY } = event;
    event.target.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, clientX, clientY, pointerType: "touch" }));
  }, true);

  // What the mark nearest to a tap says: the mark under it, else one within reach.
  const told = ({ view, under }, { clientX, clientY }) => {
    const at = view.container().querySelector("svg, canvas").getBoundingClientRect(), [left, top] = view.origin(), padding = view.padding();
    const near = { distance: REACH };
    if (under?.tooltip && under.mark.marktype === "shape") Object.assign(near, { item: under, distance: 1 }); // a country; a small mark on it is nearer
    seek(view.scenegraph().root, clientX - at.left - left - (padding.left ?? padding), clientY - at.top - top - (padding.top ?? padding), near);
    return near.item?.tooltip;
  };
  const seek = (mark, x, y, near) => {
    if (mark.marktype === "group") {
      for (const group of mark.items) for (const inner of group.items ?? []) seek(inner, x - (group.x || 0), y - (group.y || 0), near);
    } else if (mark.interactive !== false) {
      const away = DISTANCES[mark.marktype] ?? toBox;
      for (const item of mark.items) {
        const distance = item.tooltip == null || item.opacity === 0 ? Infinity : away(item, x, y);
        if (distance <= near.distance) Object.assign(near, { item, distance }); // of two as near the upper, which is drawn later
      }
    }
  };
  const between = (low, value, high) => Math.max(low - value, 0, value - high);
  const toBox = ({ bounds }, x, y) => Math.hypot(between(bounds.x1, x, bounds.x2), between(bounds.y1, y, bounds.y2));
  const DISTANCES = {
    symbol: (item, x, y) => Math.max(Math.hypot(item.x - x, item.y - y) - Math.sqrt(item.size ?? 64) / 2, 0),
    line: (item, x, y) => Math.hypot(item.x - x, item.y - y),
    area: (item, x, y) => Math.abs(item.x - x) + between(Math.min(item.y, item.y2 ?? item.y), y, Math.max(item.y, item.y2 ?? item.y)),
    shape: () => Infinity, // a country's box reaches over its neighbours
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

  // What an address asks for is taken only if the page itself offers it. What is refused is said, and leaves the address.
  const stale = new Set();
  const refuse = (part, name, what) => {
    const says = part.querySelector(".cp-says, .cp-kicker");
    const note = part.querySelector(".cp-refused") ?? says.parentElement.insertBefore(
      Object.assign(document.createElement("p"), { className: "cp-refused" }), says.nextSibling);
    note.setAttribute("role", "status");
    const wish = asked.getAll(name).map((text) => `${name}=${text}`).join("&").slice(0, 80);
    note.append(`${note.textContent ? " " : ""}The address asks for ${wish}: ${what}`);
    stale.add(name);
    setTimeout(clean); // once every slider has read what it asks for
  };
  const ask = (input) => {
    const text = asked.get(key(input)), value = Number(text), name = input.labels[0].textContent;
    if (text === null) return;
    const possible = text.trim() !== "" && value >= Number(input.min) && value <= Number(input.max);
    if (possible) input.value = value;
    if (possible && Math.abs(Number(input.value) - value) < 1e-9) return;
    const cell = input.parentElement.querySelector("output > span"), [low, high, now] = [input.min, input.max, input.value].map((v) => shown(cell, Number(v)));
    const numbers = /^\s*-?\d+,\d+\s*$/.test(text) ? "numbers with a decimal point, " : "";
    refuse(input.closest(".cp-explorable"), key(input), possible ? `the nearest step, ${now}, is shown.` : `“${name}” takes ${numbers}${low} to ${high}; ${now} is shown.`);
  };
  // Settings that a model of this page does not have, such as those of an older printing.
  const unknown = (section) => {
    const known = new Set(inputs(section).map(key));
    for (const name of new Set(asked.keys())) {
      if (name.startsWith(`${section.dataset.model}.`) && !known.has(name)) refuse(section, name, "there is no such setting.");
    }
  };
  const choose = (chart, wanted) => {
    const { view, spec } = chart, refused = [];
    for (const { name, bind } of selects(chart)) {
      const option = bind.options.find((o) => String(o) === wanted(name)[0]);
      if (option !== undefined) view.signal(name, option); else if (wanted(name).length) refused.push(name);
    }
    for (const { name, store, field } of clicks(chart)) {
      const rows = spec.data.filter((d) => d.name !== store).flatMap((d) => view.data(d.name));
      const offered = new Map(rows.map((row) => [String(row[field.field]), row[field.field]]));
      if (wanted(name).length && wanted(name).every((text) => offered.has(text))) {
        view.data(store, wanted(name).map((text) => ({ unit: "", fields: [field], values: [offered.get(text)] })));
      } else if (wanted(name).length) refused.push(name);
    }
    return refused;
  };
  const restore = (chart) => {
    const refused = choose(chart, (name) => asked.getAll(name));
    const part = partOf(chart.box);
    for (const name of refused) refuse(part, name, "that is not among the choices here.");
    return changed(chart).length > 0;
  };
  const clean = () => {
    const url = new URL(location.href);
    url.search = new URL(address()).search;
    try { history.replaceState(null, "", url.href); } catch { /* a browser that lets no page from disk do so; the menu still copies the link */ }
  };

  const keep = (chart) => {
    for (const { name } of selects(chart)) chart.view.addSignalListener(name, (_, value) => {
      for (const other of drawn.values()) {
        if (!selects(other).some((s) => s.name === name && s.bind.options.includes(value))) continue;
        if (other.view.signal(name) !== value) other.view.signal(name, value).runAsync(); // one that has it may be running now
      }
      pause();
    });
    for (const { store } of clicks(chart)) chart.view.addDataListener(store, () => pause());
  };

  const address = (part) => {
    const query = new URLSearchParams(location.search);
    const put = (name, values) => { query.delete(name); values.forEach((v) => query.append(name, v)); };
    stale.forEach((name) => query.delete(name));
    for (const input of sliders()) put(key(input), input.value === input.defaultValue ? [] : [input.value]);
    for (const chart of drawn.values()) {
      if (!chart.own) continue;
      for (const name of Object.keys(chart.own)) put(name, []);
      for (const [name, values] of changed(chart)) put(name, values);
    }
    const url = new URL(document.documentElement.dataset.page ?? location.href); // one framed elsewhere stands on a page of the book
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
        const chart = drawn.get(one.querySelector(".cp-chart"));
        if (chart) lay(chart); // labels may be wider now; not while a slider moves, or the picture would jump
      }
      moved = new Set();
      clean();
      document.dispatchEvent(new CustomEvent("cp:paused"));
    }, PAUSE);
  };

  // A link to a chart shows its title and selects too, however many lines they take; coming back, the browser knows the place itself.
  const toTitle = () => {
    const chart = document.getElementById(location.hash.slice(1));
    if (chart?.matches(".cp-chart")) chart.closest(".cp-explorable, .cp-pair > div, .cp-figure").scrollIntoView();
  };
  addEventListener("hashchange", toTitle);
  if (performance.getEntriesByType("navigation")[0]?.type === "navigate") addEventListener("load", toTitle);

  // --- explorables ---

  const waiting = new Set();
  const due = (section) => {
    if (!waiting.size) requestAnimationFrame(() => { const all = [...waiting]; waiting.clear(); all.forEach(show); });
    waiting.add(section);
  };

  const read = (input) => {
    const output = input.parentElement.querySelector("output");
    output.firstElementChild.textContent = shown(output.firstElementChild, Number(input.value));
    const unit = ["share", "-"].includes(input.dataset.unit) ? "" : ` ${input.dataset.unit}`;
    input.setAttribute("aria-valuetext", output.firstElementChild.textContent + unit);
  };

  const show = async (section) => {
    const began = performance.now(), view = await draw(section.querySelector(".cp-chart"));
    for (const input of inputs(section)) view.signal(input.name, Number(input.value));
    await view.runAsync();
    for (const cell of section.querySelectorAll("[data-result]")) {
      const value = view.signal(cell.dataset.result);
      cell.dataset.value = String(value);
      cell.textContent = shown(cell, value);
      cell.parentElement.querySelector(".cp-difference").textContent = difference(cell, value);
    }
    press(section);
    section.querySelector(".cp-sentence").textContent = view.signal("cp_sentence");
    section.dataset.settled = String(Number(section.dataset.settled || 0) + 1);
    performance.clearMeasures("cp-work");
    performance.measure("cp-work", { start: began });
  };

  // How far a result is from that of the start, or that it moved by less than is shown; where one of the two is no number, what it was.
  const difference = (cell, value) => {
    const start = Number(cell.dataset.start), by = value - start;
    if (shown(cell, value) === shown(cell, start)) return Math.abs(by) > 1e-9 * Math.max(1, Math.abs(start)) ? "hardly changed" : "";
    if ((cell.dataset.none && !(value && start)) || Math.max(value, start) > Number(cell.dataset.noEnd)) return `was ${shown(cell, start)}`;
    return `${by < 0 ? "\u2212" : "+"}${"percent" in cell.dataset ? `${brief(100 * Math.abs(by))} points` : brief(Math.abs(by))}`;
  };

  // Named settings: a button sets what it names, and the rest to the start; it stays pressed while all is so.
  const wish = (button, input) => JSON.parse(button.dataset.wish)[input.name] ?? Number(input.defaultValue);
  const names = (section) => [...section.querySelectorAll("[data-wish]")];
  const press = (section) => names(section).forEach((button) => {
    button.setAttribute("aria-pressed", String(inputs(section).every((input) => Math.abs(Number(input.value) - wish(button, input)) < 1e-9)));
  });
  const unfold = (input) => { const fold = input.closest("details"); if (fold && input.value !== input.defaultValue) fold.open = true; };
  const begin_at = (section, button) => {
    const own = inputs(section);
    own.forEach((input) => { input.value = wish(button, input); unfold(input); });
    own.forEach(follow);
  };

  // The dot under mouse or finger: it is the slider along which the curve runs. A finger that moves up or down scrolls the page as ever.
  const grip = (section) => {
    const slider = inputs(section).find((input) => input.name === section.dataset.along), box = section.querySelector(".cp-chart");
    let held = null;
    const place = ({ clientX, clientY }) => {
      const { view } = drawn.get(box), at = view.container().querySelector("svg, canvas").getBoundingClientRect(), [left, top] = view.origin(), padding = view.padding();
      return { view, x: clientX - at.left - left - (padding.left ?? padding), y: clientY - at.top - top - (padding.top ?? padding) };
    };
    const drag = (event) => {
      const { view, x } = place(event), before = slider.value;
      slider.value = view.scale("x").invert(x) / Number(section.dataset.per); // the browser takes the nearest step within its ends
      if (slider.value !== before) follow(slider);
    };
    box.addEventListener("pointerdown", (event) => {
      if (event.button || !drawn.has(box)) return;
      const { view, y } = place(event);
      if (y < -REACH || y > view.height() + REACH) return; // legend, title of the axis
      held = { id: event.pointerId, x: event.clientX, y: event.clientY, on: event.pointerType === "mouse" };
      box.setPointerCapture(event.pointerId);
      if (held.on) drag(event);
    });
    box.addEventListener("pointermove", (event) => {
      if (held?.id !== event.pointerId) return;
      const [across, along] = [Math.abs(event.clientX - held.x), Math.abs(event.clientY - held.y)];
      held.on ||= across > 3 && across > along;
      if (held.on) drag(event);
      else if (along > 10) held = null; // on its way up or down the page
    });
    box.addEventListener("pointerup", (event) => { if (held?.id === event.pointerId) drag(event); held = null; });
    box.addEventListener("pointercancel", () => { held = null; });
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
    document.documentElement.classList.add("cp-touched"); // nobody need be asked any more
    read(input);
    due(section);
    pause(section);
    for (const other of sliders()) {
      if (other === input || other.value === input.value || !same(input, other)) continue;
      other.value = input.value;
      read(other);
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
    for (const input of inputs(section)) { ask(input); read(input); unfold(input); }
    for (const button of names(section)) button.addEventListener("click", () => begin_at(section, button));
    if (section.dataset.along) grip(section);
    unknown(section);
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

  // What the page shows stands in its HTML; what makes it move waits until it has loaded, and comes piece by piece.
  const boxes = [...document.querySelectorAll(".cp-chart")];
  document.body.append(bubble);
  const near = new IntersectionObserver((seen) => {
    for (const entry of seen) if (entry.isIntersecting) { near.unobserve(entry.target); draw(entry.target); }
  }, { rootMargin: "400px" });
  const begin = async () => {
    await loaded;
    const above = boxes.map((box) => box.getBoundingClientRect().top - partOf(box).getBoundingClientRect().top); // all are measured before one is set
    boxes.forEach((box, i) => { box.style.scrollMarginTop = `${above[i]}px`; }); // a link to a chart shows its title
    for (const section of document.querySelectorAll(".cp-explorable")) { await breathe(); explorable(section); }
    boxes.forEach((box) => (root.page ? draw(box) : near.observe(box))); // in a frame elsewhere only the owner knows what is near the screen
    if (boxes.length) fetchVega().catch(() => {}); // ready for those further down, and for paper
  };
  const begun = begin();
  new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  // Paper is white whatever the screen is, and finer than any screen's canvas.
  let theme;
  const root = document.documentElement.dataset;
  addEventListener("beforeprint", () => {
    theme = root.theme;
    root.theme = "light";
    hurried = true;
    drawn.forEach(({ view }) => { if (view.renderer() !== "svg") view.renderer("svg"); });
    repaint();
    boxes.forEach(draw);
  });
  addEventListener("afterprint", () => { root.theme = theme; hurried = false; });

  window.chokepoint = {
    drawAll: () => Promise.all(boxes.map(draw)),
    marks: () => boxes.map((box) => (drawn.has(box) ? marks(drawn.get(box).view.scenegraph().root) : 0)),
    content,
    view: (part) => draw(part.querySelector(".cp-chart")),
    data: (part) => { const { view, spec } = drawn.get(part.querySelector(".cp-chart")); return spec.data.map((d) => view.data(d.name)); },
    atRest: () => Promise.all([...drawn.values()].map((chart) => chart.lying)),
    address, altered, begun, breathe, reset, shown,
  };
})();

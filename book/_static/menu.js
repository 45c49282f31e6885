// A menu on every chart: its numbers, its picture, a link to it as it stands, the whole screen.
(() => {
  "use strict";
  const { address, altered, begun, breathe, content, data, reset, shown, view } = window.chokepoint;
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const text = (part, selector) => part.querySelector(selector)?.textContent.replace(/\s+/g, " ").trim() ?? "";
  const figure = (part) => part.closest(".cp-figure, .cp-explorable");
  const title = (part) => [text(figure(part), ".cp-says"), text(part, ".cp-kicker")].filter(Boolean).join(". ");

  // --- numbers ---

  // A cell that a spreadsheet would take for a formula is kept as text; the same rule as `safe_csv` in Python.
  const cell = (value) => {
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? "");
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const csv = (rows) => rows.map((row) => row.map(cell).join(",") + "\n").join("");

  const settings = (section) => [...section.querySelectorAll(".cp-control")].map((control) => {
    const input = control.querySelector("input");
    return { name: input.labels[0].textContent, value: Number(input.value), unit: input.dataset.unit, told: text(control, "output") };
  });
  const results = (section) => [...section.querySelectorAll(".cp-results tr")].map((row) => (
    { name: row.cells[0].textContent, value: Number(row.cells[1].dataset.value), unit: row.cells[1].dataset.unit }));

  // The curve as it is now drawn, from the chart's own data.
  const curve = async (section) => {
    const columns = JSON.parse(section.querySelector(".cp-columns").textContent);
    await (await view(section)).runAsync(); // one that is being laid out anew may have no rows until it rests
    const rows = data(section).find((d) => d.length > 1 && columns.every((c) => c.name in d[0])) ?? [];
    return { columns, rows };
  };

  const table = async (section) => {
    const place = section.querySelector(".cp-live-numbers");
    const { columns, rows } = await curve(section);
    const head = columns.map((c) => make("th", { scope: "col", textContent: c.unit && !c.percent ? `${c.label} (${c.unit})` : c.label }));
    const body = rows.map((row) => make("tr", {}, ...columns.map((c) => {
      const td = make("td");
      if (c.percent) td.dataset.percent = "";
      td.textContent = shown(td, row[c.name]);
      return td;
    })));
    place.querySelector("caption").textContent = settings(section).map((s) => `${s.name}: ${s.told.trim()}`).join("; ");
    place.querySelector("thead").replaceChildren(make("tr", {}, ...head));
    place.querySelector("tbody").replaceChildren(...body);
  };

  const values = async (part) => {
    if (!part.matches(".cp-explorable")) return content(part.querySelector(".cp-csv"));
    const { columns, rows } = await curve(part), [along, ...drawn] = columns;
    const line = (kind) => (row) => [kind, "", row.name, row.value, row.unit];
    return csv([["part", along.label, "what", "value", "unit"], ...settings(part).map(line("setting")), ...results(part).map(line("result")),
      ...rows.flatMap((row) => drawn.map((c) => ["curve", row[along.name], c.label, row[c.name], c.unit]))]);
  };

  const save = (part, data, ending) => {
    const page = new URL(document.documentElement.dataset.page ?? location.href).pathname.split("/").pop().replace(/\.html$/, "") || "chokepoint";
    const words = title(part).toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 48).replace(/^-|-$/g, "");
    const link = make("a", { href: URL.createObjectURL(data), download: `${page}-${words}.${ending}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const saveNumbers = async (part) => save(part, new Blob(["\ufeff", await values(part)], { type: "text/csv;charset=utf-8" }), "csv");

  // --- pictures: the chart with its title, what it says, its sources and its address ---

  const EDGE = 24;
  const layout = (part, width) => {
    const css = getComputedStyle(document.documentElement), ink = css.getPropertyValue("--cp-ink"), soft = css.getPropertyValue("--cp-soft");
    const families = (name) => css.getPropertyValue(`--cp-${name}`).trim().replaceAll(" fallback", ""); // the fonts that a picture carries, whatever the page is set in
    const [plain, serif] = ["text", "title"].map(families);
    const pen = document.createElement("canvas").getContext("2d");
    const wrapped = (words, size, colour, weight = "400", family = plain) => {
      const font = `${weight} ${size}px ${family}`, lines = [""];
      pen.font = font;
      for (const word of words.split(/ |(?=[/?&])/)) {
        const longer = `${lines.at(-1)}${/^[/?&]/.test(word) ? "" : " "}${word}`.trim();
        if (pen.measureText(longer).width <= width || !lines.at(-1)) lines[lines.length - 1] = longer; else lines.push(word);
      }
      return lines.filter(Boolean).map((line) => ({ line, font, size, colour, weight, family, step: 1.35 * size }));
    };
    const above = wrapped(title(part), 20, ink, "600", serif);
    const said = wrapped(text(part, ".cp-sentence"), 14, ink);
    const below = [...said, ...said.slice(0, 1).map((one) => ({ ...one, line: "", step: 8 })), ...wrapped(text(figure(part), ".cp-source"), 12, soft), ...wrapped(address(part), 11, soft)];
    return { above, below, paper: css.getPropertyValue("--cp-paper") };
  };
  const placed = (lines, top) => { let y = top; return lines.map((one) => ({ ...one, y: (y += one.step) })); };
  const heightOf = (lines) => lines.reduce((sum, one) => sum + one.step, 0);

  const png = async (part) => {
    const SCALE = 2, drawing = await (await view(part)).toCanvas(SCALE), width = drawing.width / SCALE, tall = drawing.height / SCALE;
    const { above, below, paper } = layout(part, width), start = EDGE + heightOf(above) + 12;
    const sheet = make("canvas", { width: SCALE * (width + 2 * EDGE), height: SCALE * (start + tall + heightOf(below) + 8 + EDGE) }), pen = sheet.getContext("2d");
    pen.scale(SCALE, SCALE);
    pen.fillStyle = paper;
    pen.fillRect(0, 0, sheet.width, sheet.height);
    pen.drawImage(drawing, EDGE, start, width, tall);
    for (const one of [...placed(above, EDGE), ...placed(below, start + tall + 8)]) {
      Object.assign(pen, { font: one.font, fillStyle: one.colour });
      pen.fillText(one.line, EDGE, one.y - 0.3 * one.size);
    }
    return new Promise((done) => sheet.toBlob(done, "image/png"));
  };

  // A picture that is opened elsewhere carries its fonts; as a script, because a page from a folder may read no other file.
  let carried;
  const faces = () => {
    carried ??= new Promise((done) => {
      const from = document.querySelector('script[src$="menu.js"]').src.replace(/menu\.js$/, "fonts.js");
      document.head.append(make("script", { src: from, onload: () => done(window.chokepointFonts), onerror: () => { carried = null; done(""); } }));
    });
    return carried;
  };

  const svg = async (part) => {
    const inner = new DOMParser().parseFromString(await (await view(part)).toSVG(), "image/svg+xml").documentElement;
    const width = Number(inner.getAttribute("width")), tall = Number(inner.getAttribute("height"));
    const { above, below, paper } = layout(part, width), start = EDGE + heightOf(above) + 12, whole = start + tall + heightOf(below) + 8 + EDGE;
    const node = (name, attributes, ...children) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [k, v] of Object.entries(attributes)) element.setAttribute(k, v);
      element.append(...children);
      return element;
    };
    inner.setAttribute("x", EDGE);
    inner.setAttribute("y", start);
    const words = [...placed(above, EDGE), ...placed(below, start + tall + 8)].map((one) => node("text", {
      x: EDGE, y: one.y - 0.3 * one.size, fill: one.colour, "font-size": one.size, "font-weight": one.weight, "font-family": one.family }, one.line));
    const box = { width: width + 2 * EDGE, height: whole, viewBox: `0 0 ${width + 2 * EDGE} ${whole}` };
    const sheet = node("svg", { ...box, role: "img", "aria-label": title(part) }, node("style", {}, await faces()), node("rect", { width: "100%", height: "100%", fill: paper }), inner, ...words);
    return new Blob([new XMLSerializer().serializeToString(sheet)], { type: "image/svg+xml" });
  };

  // --- the menu itself: https://www.w3.org/WAI/ARIA/apg/patterns/menu-button/ ---

  const open = (part) => {
    const numbers = part.querySelector(".cp-numbers");
    numbers.open = true;
    numbers.querySelector("summary").focus();
    numbers.scrollIntoView({ block: "nearest" });
  };
  const copy = async (part) => {
    const link = address(part);
    try { await navigator.clipboard.writeText(link); return "Link copied"; } catch {
      if (document.documentElement.dataset.page) return offer(part, "The link to this view:", link); // a frame has no address bar
      history.replaceState(null, "", link);
      return "The address bar now holds the link";
    }
  };
  // A text to be copied, in a box of its own.
  const offer = (part, words, text, ...more) => {
    const field = make("textarea", { readOnly: true, rows: 5, value: text, spellcheck: false }), close = make("button", { type: "button", className: "cp-save", textContent: "Close" });
    const box = make("dialog", { className: "cp-offer", onclose: () => box.remove() }, make("label", {}, words, field), ...more, close);
    close.addEventListener("click", () => box.close());
    part.append(box);
    box.showModal();
    field.select();
    return "";
  };

  // The code that shows this chart, as it stands, on a page of another site. A book that knows its own address names it, wherever it is read;
  // but on a page with settings of its own, as in an edition, that is the address of the main book, whose chart has others.
  const source = document.currentScript.src;
  const known = () => (document.querySelector(".cp-edition") ? undefined : document.querySelector("link[rel=canonical]")?.href);
  const code = (part) => {
    const view = new URL(address(part)), site = new URL("../", source), canonical = known();
    const page = view.pathname.slice(site.pathname.length).replace(/\.html$/, "") || "index";
    const stands = canonical ? new URL("../".repeat(page.split("/").length - 1) || "./", canonical) : site;
    const frame = make("iframe", { src: `${new URL("embed.html", stands).href}${view.search}#${page}/${view.hash.slice(1)}`, title: title(part) });
    const height = Math.ceil(figure(part).getBoundingClientRect().height / 10) * 10 + 60;
    for (const [k, v] of Object.entries({ width: "100%", height, loading: "lazy", style: "border:0", allow: "clipboard-write; fullscreen" })) frame.setAttribute(k, v);
    return new XMLSerializer().serializeToString(frame).replace(' xmlns="http://www.w3.org/1999/xhtml"', "");
  };
  const embed = async (part) => {
    const text = code(part), how = document.querySelector('.cp-foot a[href$="rerun.html"]')?.href;
    const more = how ? [make("p", {}, make("a", { href: `${how}#show-a-chart-on-a-page-of-your-own` }, "A height that follows the chart, and a dark page"), ".")] : [];
    offer(part, "Paste this into your page. The chart takes the width it is given there.", text, ...more);
    try { await navigator.clipboard.writeText(text); return "Code copied"; } catch { return ""; }
  };
  const screen = (part) => (document.fullscreenElement ? document.exitFullscreen() : part.requestFullscreen());
  const ACTIONS = [
    ["Show the numbers", open],
    ["Save the numbers (CSV)", saveNumbers],
    ["Save the picture (PNG)", async (part) => save(part, await png(part), "png")],
    ["Save the picture (SVG)", async (part) => save(part, await svg(part), "svg")],
    ["Copy link to this view", copy],
    ["Embed: copy the code", embed, () => location.protocol !== "file:" || !!known()],
    ["Full screen", screen, () => document.fullscreenEnabled],
    ["Reset", reset, altered],
  ];

  const menu = (part, i) => {
    const told = make("span", { className: "cp-told" });
    told.setAttribute("role", "status");
    const items = ACTIONS.map(([label, act, possible]) => ({ possible, button: make("button", { type: "button", tabIndex: -1, textContent: label,
      onclick: async () => {
        close(true);
        told.textContent = (await act(part)) || "";
        setTimeout(() => { told.textContent = ""; }, 3000);
      } }) }));
    const list = make("div", { className: "cp-choices", id: `cp-menu-${i}`, hidden: true }, ...items.map((item) => item.button));
    const button = make("button", { type: "button", className: "cp-more", title: "Numbers, picture, link" }, "⋯");
    list.setAttribute("role", "menu");
    list.setAttribute("aria-label", "This chart");
    items.forEach((item) => item.button.setAttribute("role", "menuitem"));
    for (const [k, v] of Object.entries({ "aria-label": `Chart menu: ${title(part)}`, "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": list.id })) button.setAttribute(k, v);

    const close = (back) => {
      if (list.hidden) return;
      list.hidden = true;
      button.setAttribute("aria-expanded", "false");
      if (back) button.focus();
    };
    const show = (last) => {
      items.forEach((item) => { item.button.hidden = !!item.possible && !item.possible(part); });
      list.hidden = false;
      button.setAttribute("aria-expanded", "true");
      usable().at(last ? -1 : 0).focus();
    };
    const usable = () => items.map((item) => item.button).filter((b) => !b.hidden);
    list.addEventListener("mousedown", (event) => event.preventDefault()); // a browser that gives a clicked button no focus would close the menu first
    const whole = make("div", { className: "cp-menu" }, button, list, told);
    button.addEventListener("click", () => (list.hidden ? show() : close(true)));
    whole.addEventListener("keydown", (event) => {
      const all = usable(), at = all.indexOf(document.activeElement);
      const go = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
      if (event.key === "Escape" && !list.hidden) close(true);
      else if (go === undefined) return;
      else if (list.hidden) show(event.key === "ArrowUp");
      else all.at(go % all.length).focus();
      event.preventDefault();
    });
    whole.addEventListener("focusout", (event) => { if (!whole.contains(event.relatedTarget)) close(); });
    return whole;
  };

  const furnish = (part, i) => {
    const says = part.querySelector(".cp-says, .cp-kicker");
    says.after(menu(part, i));
    part.classList.add("cp-with-menu");
    part.querySelector(".cp-save")?.addEventListener("click", () => saveNumbers(part));
    const live = part.querySelector(".cp-live-numbers");
    const fill = () => { if (live?.open) table(part); };
    live?.addEventListener("toggle", fill);
    document.addEventListener("cp:paused", fill);
  };
  // One after the other, once the page has loaded.
  const parts = [...document.querySelectorAll(".cp-chart")].map((box) => box.closest(".cp-explorable, .cp-pair > div, .cp-figure"));
  begun.then(async () => { for (const [i, part] of parts.entries()) { await breathe(); furnish(part, i); } });
})();

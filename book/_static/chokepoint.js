// Draws the charts of a page as they come near the screen, and lets the reader's sliders recompute them.
// The models are in the charts themselves, compiled from the Python; nothing here computes anything.
(() => {
  "use strict";
  const drawn = new Map();   // chart element → promise of its Vega view
  const number = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });
  const percent = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
  const write = (cell, value) => { cell.textContent = "percent" in cell.dataset ? `${percent.format(100 * value)} %` : number.format(value); };

  const inks = () => {
    const css = getComputedStyle(document.documentElement);
    return Object.fromEntries(["ink", "soft", "grid"].map((n) => [`cp_${n}`, css.getPropertyValue(`--cp-${n}`).trim()]));
  };

  const paint = (view) => {
    for (const [name, colour] of Object.entries(inks())) if (colour) view.signal(name, colour);
    return view.runAsync();
  };

  // A chart as wide as its column, whatever made the column change.
  const fit = new ResizeObserver((changes) => {
    for (const { target, contentRect } of changes) drawn.get(target).then((view) => {
      if (contentRect.width > 0 && Math.abs(view.signal("width") - contentRect.width) > 1) view.signal("width", contentRect.width).runAsync();
    });
  });

  const draw = (box) => {
    if (!drawn.has(box)) drawn.set(box, start(box));
    return drawn.get(box);
  };

  const start = async (box) => {
    const spec = JSON.parse(box.nextElementSibling.textContent);
    const options = { mode: "vega", actions: false, defaultStyle: false, renderer: "svg", hover: true, tooltip: tip };
    const { view } = await vegaEmbed(box, spec, options);
    await paint(view);
    if (spec.signals.some((s) => s.name === "width")) fit.observe(box);
    box.dataset.drawn = "true";
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

  const explorable = (section) => {
    const form = section.querySelector("form");
    const box = section.querySelector(".cp-chart");
    const show = async () => {
      const view = await draw(box);
      for (const input of form.querySelectorAll("input")) {
        view.signal(input.name, Number(input.value));
        write(form.querySelector(`output[for="${input.id}"] span`), Number(input.value));
      }
      await view.runAsync();
      for (const cell of section.querySelectorAll("[data-result]")) {
        const value = view.signal(cell.dataset.result);
        cell.dataset.value = String(value);
        write(cell, value);
      }
      section.querySelector(".cp-sentence").textContent = view.signal("cp_sentence");
      section.dataset.settled = String(Number(section.dataset.settled || 0) + 1);
    };
    form.addEventListener("input", show);
    form.addEventListener("reset", () => setTimeout(show));
    form.addEventListener("submit", (event) => event.preventDefault());
  };

  const save = (button) => {
    const csv = JSON.parse(button.parentElement.querySelector(".cp-csv").textContent);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", csv], { type: "text/csv;charset=utf-8" }));
    link.download = `${location.pathname.split("/").pop().replace(/\.html$/, "") || "chokepoint"}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  const begin = () => {
    document.body.append(bubble);
    const boxes = [...document.querySelectorAll(".cp-chart")];
    const near = new IntersectionObserver((seen) => {
      for (const entry of seen) if (entry.isIntersecting) { near.unobserve(entry.target); draw(entry.target); }
    }, { rootMargin: "400px" });
    boxes.forEach((box) => near.observe(box));
    document.querySelectorAll(".cp-explorable").forEach(explorable);
    document.querySelectorAll(".cp-save").forEach((b) => b.addEventListener("click", () => save(b)));
    addEventListener("beforeprint", () => boxes.forEach(draw));
    new MutationObserver(async () => { for (const view of drawn.values()) paint(await view); })
      .observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    window.chokepoint = { drawAll: () => Promise.all(boxes.map(draw)) };
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();

// A function that measures every chart of the notebook in front: whether its part is hidden, how wide it is, and how long each bar is drawn, after all that clips it.
async () => {
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const boxes = [...document.querySelectorAll(".jp-NotebookPanel:not(.lm-mod-hidden) .cp-live-chart")], charts = [];
  for (const box of boxes) {
    const hidden = box.closest(".lm-mod-hidden, [style*='display: none']") !== null; // it is drawn when it is shown
    box.scrollIntoView();
    for (let i = 0; i < 200 && !box.dataset.drawn && !hidden; i++) await pause(50);
    const picture = box.querySelector("svg.marks, canvas.marks");
    charts.push({ hidden, width: picture?.getBoundingClientRect().width ?? 0, label: box.querySelector("[role=img]")?.getAttribute("aria-label") ?? "", bars: picture ? bars(box) : [] });
  }
  return charts;

  // Every set of bars in a chart: of each bar its value, the length laid out and the length that is seen [pixels].
  function bars({ view, spec }) {
    const drawn = new Map(), scales = new Map(), sets = [];
    (function walk(node) {
      for (const scale of node.scales ?? []) scales.set(scale.name, scale);
      for (const mark of node.marks ?? []) {
        if (mark.type === "rect" && [].concat(mark.style ?? []).includes("bar")) drawn.set(mark.name, mark);
        walk(mark);
      }
    })(spec);
    (function walk(mark) {
      if (mark.marktype === "group") for (const group of mark.items) (group.items ?? []).forEach(walk);
      else if (drawn.has(mark.name)) sets.push({ name: mark.name, ...measured(mark.items, drawn.get(mark.name).encode.update, scales) });
    })(view.scenegraph().root);
    return sets;
  }

  function measured(items, update, scales) {
    const linear = (channel) => channel?.scale !== undefined && ["linear", "time", "utc", undefined].includes(scales.get(channel.scale)?.type);
    const along = ["x", "y"].find((c) => linear(update[c]) && linear(update[`${c}2`])) ?? (update.x2 ? "x" : "y"), far = `${along}2`;
    const told = ({ field, value }, datum) => (field === undefined ? value : datum[String(field).replace(/^\["?|"?\]$/g, "")]);
    const own = linear(update[along]) && linear(update[far]);
    const seen = items.filter((item) => item.opacity !== 0 && item.fillOpacity !== 0);
    return {
      along,
      values: own ? seen.map(({ datum }) => Math.abs(told(update[along], datum) - told(update[far], datum))) : null,
      rows: own ? null : seen.map(({ datum }) => Object.fromEntries(Object.entries(datum).filter(([, v]) => typeof v === "number"))),
      placed: own ? null : [update[along]?.field, update[far]?.field].filter((field) => field !== undefined),
      laid: seen.map((item) => (along === "x" ? item.width : item.height)),
      visible: seen.map((item) => (item._svg ? length(item._svg, along) : null)),
    };
  }

  // How much of a shape is left of its length by the clip paths of what it stands in, each looked up by its name as the browser does.
  function length(shape, along) {
    let [low, high] = ends(shape, shape.getScreenCTM(), along);
    for (let node = shape; node && node.tagName !== "svg"; node = node.parentNode) {
      const name = node.getAttribute("clip-path")?.match(/#([^)"]+)/)?.[1];
      if (!name) continue;
      const [from, to] = ends(document.getElementById(name).firstElementChild, node.getScreenCTM(), along);
      [low, high] = [Math.max(low, from), Math.min(high, to)];
    }
    return Math.max(0, high - low);
  }

  function ends(shape, matrix, along) {
    const { x, y, width, height } = shape.getBBox();
    return along === "x" ? [matrix.a * x + matrix.e, matrix.a * (x + width) + matrix.e] : [matrix.d * y + matrix.f, matrix.d * (y + height) + matrix.f];
  }
}

"""What a browser tells of the charts of a page: their sizes, whether they have come to rest, where their words stand."""

REFERENCE = "Refined outside China, per cent of world output"
# Average width of a letter of REFERENCE in a font, by its size: 0.505 in DejaVu Sans, 0.444 in Arial, 0.364 in Arial Narrow.
WIDE, WIDEST, NARROW = 0.505, 0.56, 0.36


def in_font(letter: float) -> str:
    """Script that makes charts measure words as in a font whose letters are so wide, whatever fonts this machine has."""
    return """
const own = CanvasRenderingContext2D.prototype.measureText, text = %r;
CanvasRenderingContext2D.prototype.measureText = function (words) {
  const font = this.font, size = parseFloat(/([\\d.]+)px/.exec(font)[1]);
  this.font = font.replace(/^.*?(?=[\\d.]+px)/, ""); // a bold one keeps what it is wider by
  const scale = %r * size * text.length / own.call(this, text).width;
  this.font = font;
  return { width: scale * own.call(this, words).width };
};""" % (REFERENCE, letter)  # noqa: UP031 (braces)


# Whatever folds opened, the code and each of several parts shown: a chart in what is closed or hidden is not laid out.
OPENED = """document.documentElement.classList.add("cp-code");
document.querySelectorAll(".cp-one-of").forEach((part) => part.classList.add("cp-all"));
document.querySelectorAll("details").forEach((box) => { box.open = true; })"""

# Every chart drawn, and laid out for the width that the page has now.
AT_REST = (
    f"(async () => {{ {OPENED};"
    + """
  const frame = () => new Promise(requestAnimationFrame);
  await frame(); await frame();
  await chokepoint.drawAll();
  await frame();
  await chokepoint.atRest();
  return 1;
})()"""
)

# Of each chart: width of its place, of its picture and of its plot, and its height [px].
SIZES = """Promise.all([...document.querySelectorAll(".cp-chart")].map(async (box) => {
  const view = await chokepoint.view(box.closest(".cp-explorable, .cp-pair > div, .cp-figure"));
  const picture = view.container().querySelector("svg, canvas");
  const side = (name) => picture[name].baseVal?.value ?? (parseFloat(picture.style[name]) || picture[name] / devicePixelRatio);
  return [box.clientWidth, side("width"), view.width(), side("height")];
}))"""

# Every select of every chart is set to another option: those whose chart did not take it.
DEAF = """(async () => {
  const deaf = [];
  for (const select of document.querySelectorAll(".cp-selects select")) {
    const view = await chokepoint.view(select.closest(".cp-figure"));
    const option = select.options[select.selectedIndex === 0 ? select.options.length - 1 : 0];
    select.value = option.value;
    select.dispatchEvent(new Event("input", { bubbles: true }));
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await view.runAsync();
    if (String(view.signal(select.name)) !== option.value) deaf.push(`${select.name} did not become ${option.value}`);
  }
  return deaf;
})()"""

# Words that stand out of their chart, words cut short, words that run into each other, and on a phone words under 12 px. Read from
# what Vega laid out.
WORDS = """Promise.all([...document.querySelectorAll(".cp-chart")].map(async (box, chart) => {
  const view = await chokepoint.view(box.closest(".cp-explorable, .cp-pair > div, .cp-figure"));
  const picture = view.container().querySelector("svg, canvas"), pen = document.createElement("canvas").getContext("2d");
  const side = (name) => picture[name].baseVal?.value ?? (parseFloat(picture.style[name]) || picture[name] / devicePixelRatio);
  const wide = Math.min(side("width"), box.clientWidth), tall = side("height"), [left, top] = view.origin(), padding = view.padding(), words = [];
  const walk = (mark, x, y) => {
    if (mark.marktype === "group") for (const group of mark.items) for (const inner of group.items ?? []) walk(inner, x + (group.x || 0), y + (group.y || 0));
    if (mark.marktype !== "text") return;
    for (const item of mark.items) {
      if (item.opacity === 0 || item.bounds.x2 <= item.bounds.x1) continue;
      const { x1, x2, y1, y2 } = item.bounds, lines = [].concat(item.text).flatMap((t) => String(t).split(item.lineBreak ?? "\\n"));
      pen.font = `${item.fontWeight ?? "normal"} ${item.fontSize ?? 11}px ${item.font ?? "sans-serif"}`;
      const cut = item.limit > 0 && Math.max(...lines.map((line) => pen.measureText(line).width)) > item.limit + 0.5;
      const small = innerWidth <= 400 && (item.fontSize ?? 11) < 12 && lines.join("").trim();
      words.push({ said: lines.join(" / "), angle: item.angle, cut, small, x1: x1 + x, x2: x2 + x, y1: y1 + y, y2: y2 + y });
    }
  };
  walk(view.scenegraph().root, left + padding.left, top + padding.top);
  const tell = (w) => `chart ${chart + 1}: “${w.said}”`, faults = [];
  for (const w of words) {
    if (w.x1 < -1 || w.y1 < -1 || w.x2 > wide + 1 || w.y2 > tall + 1) faults.push(`${tell(w)} stands out of the picture`);
    if (w.cut) faults.push(`${tell(w)} is cut short`);
    if (w.small) faults.push(`${tell(w)} is smaller than 12 px`);
  }
  words.forEach((a, i) => words.slice(i + 1).forEach((b) => {
    const over = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1), up = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
    if (over > 1 && up > 3 && a.said !== b.said && !a.angle && !b.angle) faults.push(`${tell(a)} runs into “${b.said}”`);
  }));
  return faults;
})).then((all) => all.flat())"""

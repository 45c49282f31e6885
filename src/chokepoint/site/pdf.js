// Run in each page of the site, at print width and with its charts drawn: what of the page goes into the book, and how it fits.
async ({ page, kind, pages, home, web }) => {
  const article = document.querySelector(".bd-article");
  article.classList.add("cp-leaf", `cp-${kind}`, "cp-drawing");
  if (kind === "short") {   // its title stands over both columns, and goes with them to the next page
    const columns = Object.assign(document.createElement("div"), { className: "cp-columns" });
    const title = article.querySelector("h1");
    while (title.nextSibling) columns.append(title.nextSibling);
    title.after(columns);
  }
  for (const box of article.querySelectorAll(".cp-sure")) box.replaceWith(...box.firstElementChild.childNodes, ...[...box.childNodes].slice(1));   // nothing is folded
  const charts = [...article.querySelectorAll(printedCharts)];
  const title = article.querySelector("h1").textContent.replace(/#$/, "").trim();
  if (window.chokepoint) await chokepoint.drawAll();
  await document.fonts.ready;
  charts.forEach((box, i) => { box.setAttribute("role", "img"); box.setAttribute("aria-label", chartsSay[i]); });   // Vega puts its own in their place

  // A chart wider than its column would be cut off, or shrunk out of reading.
  // Those drawn before the page took its width are drawn again by the page, a moment later.
  const drawnWidth = (box) => Math.max(0, ...[...box.querySelectorAll("svg, canvas")].map((c) => c.width.baseVal?.value ?? parseFloat(c.style.width)));
  const tooWide = () => charts.filter((box) => drawnWidth(box) > box.clientWidth + 1);
  for (let tries = 0; tries < 40 && tooWide().length; tries++) await new Promise((done) => setTimeout(done, 50));
  const hang = 20;   // px, less than the gutter between two columns: so far may a letter stand out, for print shows it
  const name = (box) => box.getAttribute("aria-label");
  const lettersOutside = (box) => [...box.querySelectorAll("svg")].some((svg) => {
    const frame = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")].some((text) => {
      const at = text.getBoundingClientRect();
      return at.width && getComputedStyle(text).opacity > 0 && (at.left < frame.left - hang || at.right > frame.right + hang || at.top < frame.top - hang || at.bottom > frame.bottom + hang);
    });
  });
  const cut = charts.filter((box) => tooWide().includes(box) || lettersOutside(box)).map(name);
  article.classList.remove("cp-drawing");
  const empty = charts.filter((box) => !box.querySelector("svg path, svg text, canvas")).map(name);

  // What print hides, a book does not carry.
  const drawn = (el) => el.closest("svg") && el.localName !== "svg";
  const gone = [...article.querySelectorAll("*")].filter((el) => !drawn(el) && getComputedStyle(el).display === "none");
  for (const el of gone) el.remove();
  for (const button of article.querySelectorAll(".cp-sort")) button.replaceWith(...button.childNodes);
  const become = (el, name, extra = "") => {
    const other = document.createElement(name);
    for (const { name: key, value } of [...el.attributes]) other.setAttribute(key, value);
    if (extra) other.classList.add(extra);
    other.append(...el.childNodes);
    el.replaceWith(other);
  };
  for (const summary of article.querySelectorAll("summary")) become(summary, "span", "cp-summary");
  for (const details of article.querySelectorAll("details")) become(details, "div");
  if (kind !== "chapter") for (const head of article.querySelectorAll("h2")) if (head.textContent.startsWith("Read on")) (head.closest(".cell") ?? head.parentElement).remove();
  for (const section of article.querySelectorAll(".cp-explorable")) {
    const note = Object.assign(document.createElement("p"), { className: "cp-moves" });
    note.append(web ? Object.assign(document.createElement("a"), { href: `${web}${page}.html`, textContent: "On the web" }) : "On the web page",
      " these settings are sliders, and chart and results follow them.");
    (section.querySelector(".cp-sentence") ?? section.lastElementChild).after(note);
  }
  for (const canvas of article.querySelectorAll("canvas")) {
    const picture = Object.assign(new Image(), { src: canvas.toDataURL(), alt: "" });
    picture.style.width = `${canvas.clientWidth}px`;
    canvas.replaceWith(picture);
  }
  for (const picture of article.querySelectorAll("img")) picture.src = picture.src;   // relative to the page before, absolute now

  // Names are of the page: one document holds all of them.
  const own = (id) => `${page}--${id}`;
  for (const el of article.querySelectorAll("[id]")) el.id = own(el.id);
  for (const name of ["for", "aria-labelledby", "aria-describedby", "aria-controls", "headers"]) {
    for (const el of article.querySelectorAll(`[${name}]`)) el.setAttribute(name, el.getAttribute(name).split(/\s+/).map(own).join(" "));
  }
  for (const el of article.querySelectorAll("svg *")) {
    for (const { name, value } of [...el.attributes]) if (value.includes("url(#")) el.setAttribute(name, value.replace(/url\(#/g, `url(#${own("")}`));
  }

  // Links between pages lead inside the book; those to pages it leaves out lead to the web, where its address is known.
  for (const link of article.querySelectorAll("a[href], svg a")) {
    const address = new URL(link.getAttribute("href") ?? link.getAttribute("xlink:href"), location.href);
    if (!address.href.startsWith(home)) continue;
    const target = decodeURI(address.pathname).slice(decodeURI(new URL(home).pathname).length).replace(/\.html$/, "");
    const inside = pages.includes(target) && `#${target}${address.hash.length > 1 ? `--${address.hash.slice(1)}` : ""}`;
    const to = inside || (web && web + address.href.slice(home.length));
    if (to) link.setAttribute(link.hasAttribute("href") ? "href" : "xlink:href", to);
    else link.replaceWith(...link.childNodes);
  }

  // Parts are first-order headings, so a page's own headings go down by one.
  for (let order = 5; order > 0; order--) for (const head of article.querySelectorAll(`h${order}`)) become(head, `h${order + 1}`);
  const sheets = [...document.querySelectorAll("link[rel=stylesheet]")].map((link) => link.href);
  return { title, html: article.innerHTML, charts: charts.length, cut, empty, sheets };
}

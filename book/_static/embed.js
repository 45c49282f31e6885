// A chart or model of the book by itself, in a frame on a page of another site: embed.html?SETTINGS#PAGE/CHART, with &dark or &auto at its
// end for a dark page or for what the reader prefers. It is taken from the book's own page, so it is stored once and never differs from
// what stands there. No cookie, nothing stored, nothing asked of another host.
(async () => {
  "use strict";
  const root = document.documentElement, main = document.getElementById("main");
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const link = (href, words) => make("a", { href, target: "_blank", rel: "noopener" }, words);
  addEventListener("hashchange", () => location.reload());
  const [, page, name, theme] = location.hash.match(/^#((?:[\w-]+\/)?[\w-]+)\/([\w-]+)(?:&(dark|auto))?$/) ?? [];
  const dark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  root.classList.add("js");

  // A frame's height is its owner's to give: one who listens can follow.
  if (parent !== window) {
    new ResizeObserver(() => parent.postMessage({ chokepoint: name ?? "none", height: Math.ceil(document.body.getBoundingClientRect().height) }, "*")).observe(document.body);
  }
  const say = (words, href, where) => main.append(make("p", {}, `${words} `, link(href, where), "."));
  if (!page) return say("This address names no chart.", "index.html", "Open the book");

  const read = async (address) => {
    const text = await fetch(address, { credentials: "omit" }).then((answer) => (answer.ok ? answer.text() : ""), () => "");
    return text && new DOMParser().parseFromString(text, "text/html");
  };
  let stands = new URL(`${page}.html`, location.href), book = await read(stands), names = [name];
  const moved = book && book.querySelector('meta[name="cp-moved"]');
  if (moved) { // as a link to the old page is led on
    const to = new URL(moved.content, stands), place = to.hash.slice(1);
    stands = new URL(to.pathname, to);
    book = await read(stands);
    if (place) names = [`${place}-${name}`, name];
  }
  if (!book) return say("This page of the book could not be loaded.", "index.html", "Open the book");
  const chart = names.map((one) => book.getElementById(one)).find((one) => one?.matches(".cp-chart"));
  if (!chart) return say("The book has no chart of this name here any more.", stands.href, "Open the page where it stood");

  const part = document.importNode(chart.closest(".cp-figure, .cp-explorable"), true), home = new URL(stands);
  home.hash = chart.id;
  root.dataset.page = home.href; // what a copied link and the last line of a saved picture name
  for (const one of part.querySelectorAll("a[href]")) {
    Object.assign(one, { href: new URL(one.getAttribute("href"), stands).href, target: "_blank", rel: one.rel || "noopener" });
  }
  const title = book.querySelector("h1")?.firstChild?.textContent.trim() ?? "Chokepoint";
  document.title = part.querySelector(".cp-says")?.textContent.trim() || title;
  main.querySelector("h1").textContent = document.title;
  home.search = location.search;
  const back = link(home.href, title), licence = link("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0");
  licence.rel = "license noopener noreferrer";
  for (const event of ["pointerenter", "pointerdown", "focus"]) {
    back.addEventListener(event, () => { if (window.chokepoint) back.href = window.chokepoint.address(part); }); // to the chart as it stands now
  }
  main.append(part, make("p", { className: "cp-source cp-from" }, "From Chokepoint: ", back, " · ", licence));

  // Styles and scripts are those of that page, in its order; those of its frame and of what is not here are left out.
  const file = /\/(charts|desk|vega|menu|scenario|models\/[\w-]+)\.(css|js)$/, desks = /\/(desk|scenario|models\/scenario-[\w-]+)\.(css|js)$/;
  for (const one of book.querySelectorAll('link[rel="stylesheet"], script[src]')) {
    const address = new URL(one.getAttribute("src") ?? one.getAttribute("href"), stands).href;
    if (!file.test(address) || (desks.test(address) && !part.matches(".cp-scenario"))) continue;
    document.head.append(one.localName === "link" ? make("link", { rel: "stylesheet", href: address }) : make("script", { src: address, async: false }));
  }
})();

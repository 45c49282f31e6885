// The frame of every page: light or dark, the table of contents of a narrow screen, the search's box, and the box of doubts. Loaded first, so that no page flashes.
(() => {
  "use strict";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => { try { return localStorage.getItem("mode") || "auto"; } catch { return "auto"; } };
  const apply = () => { root.dataset.theme = chosen() !== "auto" ? chosen() : system.matches ? "dark" : "light"; };
  root.classList.add("js");
  // What somebody has begun to read does not move. Where the style came at once, words wait a moment for their fonts; over a slow line they
  // do not, and the fonts come after the page: for its charts, and for the next page.
  const SLOW = 150, MOMENT = 200; // ms
  const load = () => Promise.all(["Sans", "Serif"].map((kind) => document.fonts.load(`1em "Chokepoint ${kind}"`))).then((faces) => faces.flat().length > 1, () => false);
  const [style] = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/chokepoint.css"));
  const settle = (here) => {
    root.classList.toggle("cp-fallback-fonts", !here);
    root.classList.remove("cp-waiting");
  };
  if (style?.duration > SLOW) {
    settle(false);
    addEventListener("load", load);
  } else {
    root.classList.add("cp-waiting");
    Promise.race([load(), new Promise((done) => setTimeout(done, MOMENT))]).then(settle);
  }
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  root.classList.toggle("cp-code", kept("code") === "on");
  apply();
  system.addEventListener("change", apply);

  // What a link leads to is not left folded away; on paper the box of doubts is open.
  const unfold = () => {
    const target = document.querySelector(":target"), code = target?.closest("details.hide");
    if (code && !root.classList.contains("cp-code")) { // the browser may have opened it, but it is hidden
      root.classList.add("cp-code");
      code.open = true;
      (target.closest(".cp-figure, .cp-explorable") ?? target).scrollIntoView();
    }
    const inner = target?.querySelector(":scope > .cp-sure") ?? target?.closest(".cp-sure");
    if (!inner || inner.open) return;
    inner.open = true;
    (target.closest(".cp-figure, .cp-explorable") ?? target).scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  addEventListener("load", unfold);
  document.addEventListener("click", ({ target }) => { if (target.closest?.(`a[href$="${location.hash}"]`)) requestAnimationFrame(unfold); }); // once more to the same place
  // A long table is read when it is unfolded.
  document.addEventListener("toggle", ({ target }) => {
    const later = target.open && target.querySelector?.(".cp-scroll > noscript.cp-later");
    if (later) later.replaceWith(...new DOMParser().parseFromString(later.textContent, "text/html").body.childNodes);
  }, true);
  let folded = [];
  addEventListener("beforeprint", () => { folded = [...document.querySelectorAll(".cp-sure:not([open])")]; for (const box of folded) box.open = true; });
  addEventListener("afterprint", () => { for (const box of folded) box.open = false; });

  const begin = () => {
    const scheme = document.querySelector(".cp-scheme select");
    scheme.value = chosen();
    scheme.addEventListener("change", () => {
      try { localStorage.setItem("mode", scheme.value); } catch { /* a reader who keeps no data chooses anew on each page */ }
      apply();
    });

    // Whoever goes to the box of the search gets suggestions; their script and the index come then.
    const find = document.querySelector(".cp-find input"), from = document.querySelector('script[src$="page.js"]').src;
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" })) find?.setAttribute(name, value);
    find?.addEventListener("focus", () => document.head.append(Object.assign(document.createElement("script"), { src: from.replace(/page\.js$/, "search.js") })), { once: true });

    // Code and its tables are there for who asks for them, on all pages until further notice.
    const code = document.querySelector(".cp-show-code");
    const show = (is) => {
      root.classList.toggle("cp-code", is);
      code.setAttribute("aria-pressed", String(is));
      for (const box of document.querySelectorAll("div.cell > details.hide")) box.open = is;
    };
    code?.addEventListener("click", () => {
      show(!root.classList.contains("cp-code"));
      try { localStorage.setItem("code", root.classList.contains("cp-code") ? "on" : "off"); } catch { /* as above */ }
    });
    if (code && kept("code") === "on") show(true);

    const menu = document.querySelector(".cp-unfold"), book = document.getElementById("cp-book");
    const narrow = matchMedia("(max-width: 60rem)");
    const open = (is) => {
      menu.setAttribute("aria-expanded", String(is));
      book.classList.toggle("cp-open", is);
      root.classList.toggle("cp-contents", is); // the page behind stays where it is
      if (is) book.style.top = `${menu.closest("header").getBoundingClientRect().bottom}px`;
    };
    book.addEventListener("click", (event) => { if (event.target.closest("a")) open(false); }); // also one that leads to this page
    narrow.addEventListener("change", () => open(false));
    menu.addEventListener("click", () => open(menu.getAttribute("aria-expanded") !== "true"));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && book.classList.contains("cp-open")) { open(false); menu.focus({ preventScroll: true }); }
    });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin(); // late on a page that had to find it
})();

// Searches the book: its index is a script, loaded once somebody searches, and MiniSearch (minisearch.js) ranks by it.
// What is ours: other names, stop words, which of a page's sections answers, the sentence that is shown, and the boxes.
(() => {
  "use strict";
  const here = document.currentScript?.src ?? document.querySelector('script[src*="_static/page.js"]').src;
  const up = new URL("../", here).href;
  const KINDS = ["Pages", "Minerals", "Countries", "Numbers"];
  const STORY = /^(\d\d-|index$|rock-to-motor$)/; // what tells comes before what lists
  const REFERENCE = 0.5, NUMBER = 0.35, HEADING = 1.65;
  const SHOWN = 6; // of a group, before "more"
  const STOP = new Set(("a about all am an and any are as at be been being between but by can could did do does done either else ever for from get gets give given go goes had "
    + "has have he her his how i if in into is it its just last lasts long make makes many may me mean means more most much my of often on one only or other our out over per said say says "
    + "should since so some such take than that the their them then there these they thing this those through to too under up us use used was we were what when where whether which while who whom whose "
    + "why will with without would you your").split(" "));
  const STILL = new Set(["last", "lasts", "long", "make", "makes", "use", "used", "us", "mean", "means"]); // weak, yet words that the text answers to
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[’']s\b/g, "").replaceAll("ı", "i").replace(/ø/g, "o").normalize("NFC");
  const words = (text) => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  // Endings of English words: enough for "signed" to find "sign", and "days" "day".
  const stem = (word) => {
    if (word.length < 4 || /\d/.test(word)) return word;
    const short = word.replace(/ies$/, "y").replace(/(ss|us|is)$/, "$1\u0000").replace(/s$/, "").replace("\u0000", "");
    const bare = short.length > 5 ? short.replace(/(at|in|ur|or)ing$/, "$1e").replace(/(ing|ed)$/, "").replace(/([^ls])\1$/, "$1") : short;
    return bare.length > 4 ? bare.replace(/e$/, "") : bare;
  };
  const known = new Set(); // every word of the book
  const heard = (word) => (STOP.has(word) && !STILL.has(word) ? null : stem(word));

  // --- the index ---

  const script = (name) => new Promise((done, fail) => {
    document.head.append(Object.assign(document.createElement("script"), { src: `${up}_static/${name}`, onload: done, onerror: fail }));
  });
  let loading;
  const load = () => (loading ??= Promise.all([script("minisearch.js"), script("search-index.js")]).then(build));

  const pages = [], docs = [], named = new Map(), symbols = new Map(), eastern = [], synonyms = new Map();
  let mini;
  const build = async () => {
    const { pages: all, numbers, names } = window.chokepointIndex, place = new Map();
    for (const [path, title, sections] of all) {
      const kind = path.startsWith("minerals/") ? 1 : path.startsWith("countries/") ? 2 : 0;
      const weight = kind || STORY.test(path) ? 1 : REFERENCE;
      const page = { path, title, kind, weight, address: `${up}${path.split("#")[0]}.html` }; // what shares a page has a place on it
      place.set(path, page);
      pages.push(page);
      sections.forEach(([anchor, heading, text], i) => docs.push({ id: docs.length, page, kind, anchor, title: i ? "" : title, heading, text }));
      if (!sections.length) docs.push({ id: docs.length, page, kind, anchor: "", title, heading: "", text: "" });
      if (kind) name(title, page);
    }
    for (const [fact, label, text] of numbers) {
      const page = { path: `evidence#fact-${fact}`, title: label, kind: 3, weight: NUMBER, address: `${up}evidence.html#fact-${fact}`, said: text };
      docs.push({ id: docs.length, page, kind: 3, anchor: "", title: label, heading: "", text });
    }
    for (const [path, other, kind] of names) {
      if (kind === "word") synonyms.set(fold(other), words(path));
      else if (kind === "symbol") symbols.set(other, place.get(path));
      else name(other, place.get(path));
    }
    mini = new window.MiniSearch({
      fields: ["title", "heading", "text"],
      tokenize: words,
      processTerm: (word) => { const term = heard(word); if (term) known.add(term); return term; },
    });
    await mini.addAllAsync(docs, { chunkSize: 400 });
  };
  const name = (other, page) => {
    const plain = words(other.split(" (")[0]).join(" ");
    if (/[\u3040-\u9fff]/.test(other)) eastern.push([other, page]); else if (plain && !named.has(plain)) named.set(plain, page);
  };

  // --- the question ---

  const near = (a, b) => { // whether one letter was slipped, left out, added, or two changed places
    if (Math.abs(a.length - b.length) > 1 || a === b) return a === b;
    let i = 0, j = 0;
    while (i < a.length && a[i] === b[i]) i++;
    while (j < Math.min(a.length, b.length) - i && a.at(-1 - j) === b.at(-1 - j)) j++;
    const left = a.slice(i, a.length - j), right = b.slice(i, b.length - j);
    return Math.max(left.length, right.length) <= 1 || (left.length === 2 && left[0] === right[1] && left[1] === right[0]);
  };

  // Which minerals and countries a question names, and the words it is then made of.
  const read = (question) => {
    const entities = new Set(), tokens = words(question), said = [], signs = [];
    for (const [other, page] of eastern.toSorted((a, b) => b[0].length - a[0].length)) {
      if (!question.includes(other) || signs.some((sign) => sign.includes(other))) continue;
      entities.add(page);
      signs.push(other);
      said.push(...words(page.title.split(" (")[0]));
    }
    const written = question.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    for (let i = 0; i < tokens.length;) {
      let taken = 0;
      for (let n = Math.min(6, tokens.length - i); n > 0 && !taken; n--) {
        const phrase = tokens.slice(i, i + n).join(" ");
        const sign = n === 1 && (symbols.get(written[i]) ?? (tokens.length === 1 && [...symbols].find(([s]) => fold(s) === phrase)?.[1]));
        const small = STOP.has(phrase) && tokens.length > 1; // "In" at the beginning of a question is no indium, "us" within one no country
        const page = (small && written[i] !== "US" ? null : named.get(phrase) ?? named.get(phrase.replace(/s$/, ""))) ?? (small ? null : sign)
          ?? (n === 1 && phrase.length > 4 && !known.has(stem(phrase)) ? [...named].find(([other]) => other.length > 4 && near(phrase, other))?.[1] : null);
        if (!page) continue;
        entities.add(page);
        said.push(...words(page.title.split(" (")[0]));
        taken = n;
      }
      if (!taken) said.push(tokens[i]);
      i += taken || 1;
    }
    const full = said.filter((word) => !STOP.has(word) && !/[\u3040-\u9fff]/.test(word));
    const wanted = full.length ? full : said;
    const other = [];
    for (const n of [1, 2]) for (let i = 0; i + n <= tokens.length; i++) other.push(...(synonyms.get(tokens.slice(i, i + n).join(" ")) ?? []));
    return { entities, wanted: [...new Set(wanted)], other, only: full.every((word) => [...entities].some((page) => words(page.title).includes(word))) };
  };

  const search = (question, typing) => {
    const { entities, wanted, other, only } = read(question);
    const plain = words(question).join(" ");
    if (!wanted.length) return [];
    const last = wanted.at(-1), stems = wanted.map(stem);
    const options = {
      boost: { title: 4, heading: 2.5 }, combineWith: "OR", processTerm: heard,
      prefix: (term) => (typing && term === stem(last)) || !known.has(term), weights: { fuzzy: 0.4, prefix: 0.6 },
      fuzzy: (term) => (known.has(term) || term.length < 4 ? false : term.length > 7 ? 2 : 1),
    };
    const answers = mini.search({ combineWith: "OR", queries: [wanted.join(" "), { queries: other.length ? [other.join(" ")] : [], boost: { title: 1.5, heading: 1, text: 0.4 } }] }, options);
    const found = new Map();
    let whole = 0; // the best answer in a text that holds every word of the question
    for (const { id, score, queryTerms, terms } of answers) {
      const doc = docs[id], own = new Set(queryTerms.filter((term) => stems.includes(term)));
      const title = new Set(words(doc.page.title).map(stem)); // a page is on its title, in every section
      const told = stems.filter((term) => own.has(term) || title.has(term)).length / stems.length;
      const heading = doc.heading && words(doc.heading).filter((word) => !STOP.has(word)).map(stem).join(" ") === stems.join(" ");
      const worth = score * (0.15 + told ** 2) * doc.page.weight * (heading ? HEADING : 1);
      if (told === 1 && doc.kind !== 3) whole = Math.max(whole, worth);
      const page = found.get(doc.page) ?? { page: doc.page, score: 0, best: 0, terms: new Set() };
      if (worth > page.best) Object.assign(page, { best: worth, doc, terms: new Set(terms) });
      page.score += 0.1 * Math.min(worth, page.best);
      found.set(doc.page, page);
    }
    for (const page of [...entities, ...pages.filter((one) => words(one.title).join(" ") === plain)]) if (!found.has(page)) found.set(page, { page, score: 0, best: 1, doc: docs.find((d) => d.page === page), terms: new Set() });
    const highest = Math.max(...[...found.values()].map((hit) => hit.best));
    const asked = wanted.join(" ");
    for (const hit of found.values()) {
      hit.score += hit.best;
      if (hit.page.kind === 3) { if (whole) hit.score = Math.min(hit.score, 0.95 * whole); continue; } // a text that tells it comes before its number
      if (words(hit.page.title).join(" ") === plain) hit.score += 3 * highest;
      if (hit.page.weight === REFERENCE && words(hit.page.title).every((word) => STOP.has(word) || wanted.includes(word))) hit.score /= REFERENCE;
      const full = words(hit.page.title).filter((word) => !STOP.has(word)).map(stem).join(" ");
      if (entities.has(hit.page) && (only || entities.size === 1)) hit.score = only ? hit.score + 3 * highest : 1.7 * hit.score + 0.3 * highest;
      if (full === asked.split(" ").map(stem).join(" ")) hit.score += 2 * highest;
    }
    const ranked = [...found.values()].sort((a, b) => b.score - a.score);
    const floor = 0.08 * highest; // not of the first, which is far above where it is what was asked for by name
    return ranked.filter((hit) => hit.score >= floor);
  };

  // --- what is shown of a hit ---

  const parts = (text) => text.split(/\n|(?<=[.!?…]["”’)]?)\s+(?=[\p{Lu}“"(\d])/u).filter(Boolean);
  const marked = (text, terms) => text.split(/([\p{L}\p{N}]+)/u).map((part, i) => {
    if (!(i % 2) || !terms.has(stem(fold(part)))) return part;
    return Object.assign(document.createElement("mark"), { textContent: part });
  });
  const LONGEST = 260; // characters of a sentence
  const sentence = ({ doc, page, terms }) => {
    if (page.kind === 3) return doc.text;
    const hits = (text) => new Set(words(text).map(stem).filter((term) => terms.has(term))).size;
    const all = parts(doc.text), best = all.reduce((a, b) => (hits(b) > hits(a) ? b : a), all[0] ?? "");
    if (best.length <= LONGEST) return best;
    const at = best.split(/(?=\s)/).reduce((sum, word) => (sum.found || terms.has(stem(words(word)[0] ?? "")) ? { ...sum, found: true } : { at: sum.at + word.length }), { at: 0 }).at;
    const from = at < LONGEST - 60 ? 0 : best.lastIndexOf(" ", at - 80) + 1;
    return `${from ? "… " : ""}${best.slice(from, from + LONGEST).replace(/\s+\S*$/, "")}${from + LONGEST < best.length ? " …" : ""}`;
  };
  const link = ({ page, doc }) => page.address + (page.kind !== 3 && doc.anchor ? `#${doc.anchor}` : "");
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const place = ({ page, doc }) => (doc.heading ? `${page.title} › ${doc.heading}` : page.title);

  const group = (kind, hits) => {
    const items = hits.map((hit, i) => make("li", { hidden: i >= SHOWN },
      make("a", { href: link(hit) }, ...marked(place(hit), hit.terms)), make("p", {}, ...marked(sentence(hit), hit.terms))));
    const whole = make("section", { className: "cp-hits" }, make("h2", {}, KINDS[kind]), make("ul", {}, ...items));
    if (hits.length > SHOWN) {
      whole.append(make("button", { type: "button", className: "cp-save", textContent: `All ${hits.length}`, onclick: (event) => {
        for (const item of items) item.hidden = false;
        event.target.remove();
        items[SHOWN].querySelector("a").focus();
      } }));
    }
    return whole;
  };

  // --- the page of results ---

  const results = async (question) => {
    const box = document.getElementById("search-results"), told = document.getElementById("search-said");
    if (!question.trim()) { box.replaceChildren(); told.textContent = ""; return; }
    try { await load(); } catch { told.textContent = "The index of the book could not be loaded."; return; }
    const hits = search(question), groups = new Map();
    for (const hit of hits) groups.set(hit.page.kind, [...(groups.get(hit.page.kind) ?? []), hit].slice(0, 60));
    box.replaceChildren(...[...groups].map(([kind, some]) => group(kind, some))); // the group of the best hit first
    told.textContent = hits.length ? `${[...groups].map(([kind, some]) => `${KINDS[kind]}: ${some.length}`).join(", ")}.`
      : "Nothing in the book answers to these words. Try one mineral, country or subject.";
    box.dataset.asked = question;
  };

  const page = document.querySelector(".cp-ask");
  if (page) {
    const input = page.querySelector("input");
    let waits;
    const run = () => {
      const url = new URL(location.href);
      url.searchParams.set("q", input.value);
      try { history.replaceState(null, "", url.href); } catch { /* a browser that lets no page from disk do so */ }
      results(input.value);
    };
    page.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waits); run(); });
    input.addEventListener("input", () => { clearTimeout(waits); waits = setTimeout(run, 200); });
    input.addEventListener("focus", load, { once: true });
    input.value = new URLSearchParams(location.search).get("q") ?? "";
    results(input.value);
    if (!input.value) input.focus();
  }

  // --- suggestions in the page's header: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ ---

  const suggest = (form) => {
    const input = form.querySelector("input"), list = make("ul", { id: "cp-suggested", className: "cp-suggested", hidden: true });
    const told = make("span", { className: "cp-hidden" });
    told.setAttribute("role", "status");
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    form.append(list, told);
    input.setAttribute("aria-controls", list.id);
    let at = -1, asked = 0;
    const choose = (to) => {
      at = to;
      [...list.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === at)));
      if (at < 0) input.removeAttribute("aria-activedescendant"); else input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at]?.scrollIntoView({ block: "nearest" });
    };
    const close = () => { choose(-1); list.hidden = true; input.setAttribute("aria-expanded", "false"); };
    const show = async () => {
      const question = input.value, turn = ++asked;
      if (question.trim().length < 2 && !/[^\u0000-\u2fff]/.test(question)) return close();
      try { await load(); } catch { return; } // the form still leads to the page of results, which says so
      if (turn !== asked || document.activeElement !== input) return;
      const hits = search(question, true).slice(0, 7);
      list.replaceChildren(...hits.map((hit, i) => {
        const option = make("li", { id: `cp-suggested-${i}`, onclick: () => { location.href = link(hit); } },
          make("span", {}, ...marked(place(hit), hit.terms)), make("small", {}, hit.page.said ?? KINDS[hit.page.kind]));
        option.setAttribute("role", "option");
        return option;
      }));
      close();
      list.hidden = !hits.length;
      input.setAttribute("aria-expanded", String(hits.length > 0));
      told.textContent = hits.length ? `${hits.length} suggestions` : "No suggestion";
    };
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      const many = list.hidden ? 0 : list.children.length;
      if (event.key === "Escape" && many) close();
      else if (event.key === "ArrowDown" && many) choose(at + 1 < many ? at + 1 : -1);
      else if (event.key === "ArrowUp" && many) choose(at < 0 ? many - 1 : at - 1);
      else if (event.key === "Enter" && at >= 0) list.children[at].click();
      else return;
      event.preventDefault();
    });
    input.addEventListener("blur", close);
    load().catch(() => {});
    if (input.value) show();
  };
  const header = document.querySelector(".cp-find");
  if (header) suggest(header);
  window.chokepointSearch = { load, search: (question) => search(question).map((hit) => ({ address: link(hit), kind: KINDS[hit.page.kind], sentence: sentence(hit) })) };
})();

// Long tables: search, narrow to a label, sort by a head, show part by part, save. A hundred lines: the ready-made ones ask for ten times
// their weight, and leave the announcing of what changed to the reader's guess.
(() => {
  "use strict";
  const rowsOf = (table) => [...table.tBodies].flatMap((body) => [...body.rows]);
  const text = (cell) => cell.textContent.trim().replace(/\s+/g, " ");

  // The later parts of a list of many rows stand behind it as the text of a <noscript>, which a browser without script shows: a slow phone
  // reads a part only when it is asked for. Until then its body is empty and `unread` holds its text.
  const unread = new Map(); // body → its rows as text
  const take = (table) => {
    const later = table.parentElement.nextElementSibling;
    if (!later?.matches("noscript.cp-later")) return;
    for (const [, rows] of later.textContent.matchAll(/<tbody>(.*?)<\/tbody>/gs)) unread.set(table.createTBody(), rows);
    later.remove();
  };
  const fill = (body) => {
    if (!unread.has(body)) return;
    const read = new DOMParser().parseFromString(`<table><tbody>${unread.get(body)}</tbody></table>`, "text/html");
    body.append(...read.querySelector("tbody").rows);
    unread.delete(body);
  };
  const linkedId = () => { const hash = location.hash.slice(1); try { return decodeURIComponent(hash); } catch { return hash; } }; // somebody may type anything
  const fillAll = (table) => [...table.tBodies].forEach(fill);
  const count = (body) => (unread.has(body) ? unread.get(body).split("<tr").length - 1 : [...body.rows].filter((row) => !row.hidden).length);

  // A list of many rows came in parts, of which the style shows the first, those that are opened, and the one with the row that a link leads to.
  // Rows that are searched or sorted are distributed among them anew; those that do not hold what is searched for come last.
  // The order of a list, which they come back to, is thus kept apart from the table.
  const distribute = ({ table, rows, size }) => {
    const bodies = [...table.tBodies];
    if (bodies.length === 1) { bodies[0].append(...rows); return; }
    const ordered = [...rows.filter((row) => !row.hidden), ...rows.filter((row) => row.hidden)];
    bodies.forEach((body, i) => {
      body.append(...ordered.slice(i * size, (i + 1) * size));
      body.classList.remove("cp-open");
    });
    table.dispatchEvent(new Event("cp:distributed"));
  };

  const inParts = (table) => {
    const bodies = [...table.tBodies], formatted = (n) => n.toLocaleString("en-US");
    const button = () => Object.assign(document.createElement("button"), { type: "button", className: "cp-save" });
    const line = Object.assign(document.createElement("p"), { className: "cp-more-rows cp-screen-only" }), next = button(), all = button(), status = document.createElement("span");
    line.append(next, all, status);
    const found = (some) => some.reduce((sum, body) => sum + count(body), 0);
    const linkedTo = (body) => body.querySelector(":scope > tr:target");
    const closed = () => bodies.slice(1).filter((body) => !body.matches(".cp-open") && !linkedTo(body) && found([body]));
    const update = () => {
      const rest = closed(), left = found(rest), total = found(bodies);
      line.hidden = !left;
      if (!left) return;
      next.textContent = `Show ${formatted(found(rest.slice(0, 1)))} more`;
      all.textContent = `Show all ${formatted(total)}`;
      status.textContent = `${formatted(total - left)} of ${formatted(total)} rows`;
    };
    const open = (some) => { some.forEach((body) => { fill(body); body.classList.add("cp-open"); named(body); }); update(); };
    const linked = () => {
      const id = linkedId().replaceAll("&", "&amp;"), waiting = id && [...unread].find(([body, rows]) => body.closest("table") === table && rows.includes(`<tr id="${id}"`));
      if (waiting) { fill(waiting[0]); location.replace(location.hash); } // the row is there now, so the link leads to it
      const body = table.querySelector("tr:target")?.parentElement;
      if (body) open([body]);
    };
    const go = (some) => { // whoever pressed a button that goes is led on to the first row that came
      open(some);
      const first = some[0]?.rows[0];
      if (!line.hidden || !first) return;
      first.tabIndex = -1;
      first.focus({ preventScroll: true });
    };
    next.addEventListener("click", () => go(closed().slice(0, 1)));
    all.addEventListener("click", () => go(closed()));
    table.addEventListener("cp:distributed", () => { bodies.filter((body, i) => !i || linkedTo(body)).forEach(named); update(); });
    addEventListener("hashchange", linked);
    addEventListener("load", linked); // no row may be the target yet while this runs
    update();
    linked();
    table.parentElement.after(line);
    return line;
  };

  // On a phone the style makes cards of rows, for which some browsers forget that it is a table: its parts say so themselves.
  const phone = matchMedia("(max-width: 40rem)");
  const named = (body) => {
    const table = body.closest("table.cp-cards");
    if (!phone.matches || !table) return;
    const is = (role, ...elements) => elements.forEach((element) => element.setAttribute("role", role));
    is("table", table);
    is("rowgroup", table.tHead, body);
    is("row", ...table.tHead.rows, ...body.rows);
    is("columnheader", ...table.tHead.rows[0].cells);
    for (const row of body.rows) is("cell", ...row.cells);
  };

  // A row stays when it holds every word, and the chosen label.
  const searchable = (form, list) => {
    let rows, texts;
    const narrow = () => {
      rows ??= [...list.rows];
      texts ??= rows.map((row) => text(row).toLowerCase());
      const words = form.querySelector("input").value.toLowerCase().split(/\s+/).filter(Boolean);
      const label = form.querySelector("select")?.value ?? "";
      let shown = 0;
      rows.forEach((row, i) => {
        row.hidden = !words.every((w) => texts[i].includes(w)) || (label && ![...row.querySelectorAll("td, .cp-label")].some((c) => text(c) === label));
        shown += !row.hidden;
      });
      form.querySelector("output").textContent = shown === 1 ? "1 row" : `${shown} rows`;
      distribute(list);
    };
    form.addEventListener("input", narrow);
    form.addEventListener("submit", (event) => event.preventDefault());
  };

  // A click, or Enter, on a head sorts by it; again, the other way. Cells without a figure stay last.
  const sortable = (list) => {
    const { table } = list;
    const heads = [...table.tHead.rows[0].cells];
    const order = (row, i) => row.cells[i].dataset.order ?? text(row.cells[i]);
    heads.forEach((head, i) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "cp-sort", textContent: head.textContent });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const rows = [...list.rows];
        const numeric = rows.every((row) => !Number.isNaN(Number(order(row, i))));
        const before = head.getAttribute("aria-sort");
        const way = before ? (before === "ascending" ? -1 : 1) : numeric && rows.some((row) => order(row, i) === "-1") ? -1 : 1;
        const empty = (row) => ["-1", "99999999", "–", ""].includes(order(row, i));
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
        list.rows = rows.sort((a, b) => empty(a) - empty(b) || way * (numeric ? order(a, i) - order(b, i) : order(a, i).localeCompare(order(b, i), "en", { numeric: true })));
        distribute(list);
      });
    });
  };

  // The rows shown, as CSV; no cell is one that a spreadsheet takes for a formula.
  const csv = (table) => [...table.rows].filter((row) => !row.hidden).map((row) => [...row.cells].map((cell) => {
    const content = text(cell), safe = /^[=+@-]/.test(content) && Number.isNaN(Number(content)) ? `'${content}` : content;
    return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }).join(",")).join("\n") + "\n";

  const save = (table, name) => {
    fillAll(table);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", csv(table)], { type: "text/csv;charset=utf-8" }));
    link.download = `${name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // The first rows can be read before any of this; only a link to a row, and paper, need it at once.
  const prepare = () => document.querySelectorAll(".cp-scroll > table.cp-list").forEach((table, i) => {
    const form = table.parentElement.previousElementSibling;
    take(table);
    const parts = table.tBodies.length > 1;
    const list = {
      table, size: table.tBodies[0].rows.length, order: null,
      get rows() { if (!this.order) { fillAll(table); this.order = rowsOf(table); } return this.order; },
      set rows(order) { this.order = order; },
    };
    if (table.tHead && list.size > 3) sortable(list);
    const name = () => [...table.tBodies].slice(0, parts ? 1 : undefined).forEach(named);
    name();
    phone.addEventListener("change", name);
    if (form?.matches(".cp-search")) searchable(form, list);
    const page = location.pathname.split("/").pop().replace(/\.html$/, "") || "chokepoint";
    const button = Object.assign(document.createElement("button"), { type: "button", className: "cp-save cp-save-rows", textContent: `Save the rows ${parts ? "found" : "shown"} as CSV` });
    button.addEventListener("click", () => save(table, `${page}${i ? `-${i + 1}` : ""}`));
    table.parentElement.after(button);
    if (parts) inParts(table);
    if (matchMedia("print").matches) fillAll(table);
    for (const kind of ["beforeprint", "change"]) (kind === "change" ? matchMedia("print") : window).addEventListener(kind, () => fillAll(table)); // paper has every row
  });
  if (location.hash || document.readyState === "complete" || matchMedia("print").matches) prepare(); else addEventListener("load", () => setTimeout(prepare));
})();

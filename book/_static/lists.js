// Long tables: search, narrow to a label, sort by a head, save what is shown. Sixty lines: the ready-made ones ask for ten times
// their weight, and leave the announcing of what changed to the reader's guess.
(() => {
  "use strict";
  const text = (cell) => cell.textContent.trim().replace(/\s+/g, " ");

  // A row stays when it holds every word, and the chosen label.
  const searchable = (form, table) => {
    const rows = [...table.tBodies[0].rows];
    const texts = rows.map((row) => text(row).toLowerCase());
    const narrow = () => {
      const words = form.querySelector("input").value.toLowerCase().split(/\s+/).filter(Boolean);
      const label = form.querySelector("select")?.value ?? "";
      let shown = 0;
      rows.forEach((row, i) => {
        row.hidden = !words.every((w) => texts[i].includes(w)) || (label && ![...row.querySelectorAll("td, .cp-label")].some((c) => text(c) === label));
        shown += !row.hidden;
      });
      form.querySelector("output").textContent = shown === 1 ? "1 row" : `${shown} rows`;
    };
    form.addEventListener("input", narrow);
    form.addEventListener("submit", (event) => event.preventDefault());
  };

  // A click, or Enter, on a head sorts by it; again, the other way. Cells without a figure stay last.
  const sortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    const order = (row, i) => row.cells[i].dataset.order ?? text(row.cells[i]);
    heads.forEach((head, i) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "cp-sort", textContent: head.textContent });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const body = table.tBodies[0], rows = [...body.rows];
        const numeric = rows.every((row) => !Number.isNaN(Number(order(row, i))));
        const before = head.getAttribute("aria-sort");
        const way = before ? (before === "ascending" ? -1 : 1) : numeric && rows.some((row) => order(row, i) === "-1") ? -1 : 1;
        const empty = (row) => ["-1", "99999999", "–", ""].includes(order(row, i));
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
        rows.sort((a, b) => empty(a) - empty(b) || way * (numeric ? order(a, i) - order(b, i) : order(a, i).localeCompare(order(b, i), "en", { numeric: true })));
        body.append(...rows);
      });
    });
  };

  // The rows shown, as CSV; no cell is one that a spreadsheet takes for a formula.
  const csv = (table) => [...table.rows].filter((row) => !row.hidden).map((row) => [...row.cells].map((cell) => {
    const said = text(cell), safe = /^[=+@-]/.test(said) && Number.isNaN(Number(said)) ? `'${said}` : said;
    return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }).join(",")).join("\n") + "\n";

  const save = (table, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", csv(table)], { type: "text/csv;charset=utf-8" }));
    link.download = `${name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  document.querySelectorAll(".cp-scroll > table.cp-list").forEach((table, i) => {
    const form = table.parentElement.previousElementSibling;
    if (table.tHead && table.tBodies[0].rows.length > 3) sortable(table);
    if (form?.matches(".cp-search")) searchable(form, table);
    const page = location.pathname.split("/").pop().replace(/\.html$/, "") || "chokepoint";
    const button = Object.assign(document.createElement("button"), { type: "button", className: "cp-save cp-save-rows", textContent: "Save the rows shown as CSV" });
    button.addEventListener("click", () => save(table, `${page}${i ? `-${i + 1}` : ""}`));
    table.parentElement.after(button);
  });
})();

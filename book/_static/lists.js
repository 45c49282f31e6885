// Long lists: narrowed by words and a label, sorted by a click on a head.
(() => {
  "use strict";

  // A row stays when it holds every word, and the chosen label.
  const searchable = (form) => {
    const rows = [...form.nextElementSibling.querySelectorAll("tbody tr")];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const narrow = () => {
      const words = form.querySelector("input").value.toLowerCase().split(/\s+/).filter(Boolean);
      const label = form.querySelector("select")?.value ?? "";
      let shown = 0;
      rows.forEach((row, i) => {
        row.hidden = !words.every((w) => texts[i].includes(w)) || (label && ![...row.querySelectorAll("td, .cp-label")].some((c) => c.textContent === label));
        shown += !row.hidden;
      });
      form.querySelector("output").textContent = `${shown} rows`;
    };
    form.addEventListener("input", narrow);
    form.addEventListener("submit", (event) => event.preventDefault());
  };

  // Sorted by a click, or Enter, on a head; again for the other way. Cells without a figure stay last.
  const sortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    const order = (row, i) => row.cells[i].dataset.order ?? row.cells[i].textContent.trim();
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

  document.querySelectorAll(".cp-search").forEach(searchable);
  document.querySelectorAll(".cp-search + .cp-scroll > table").forEach(sortable);
})();

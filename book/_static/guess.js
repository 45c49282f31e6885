// Guess first: what the reader chose stands beside the answer once it is shown. Nothing is kept.
(() => {
  "use strict";
  const begin = () => document.querySelectorAll(".cp-guess").forEach((guess) => {
    const input = guess.querySelector("input, select"), output = guess.querySelector("output");
    const fold = guess.querySelector("details"), rows = guess.querySelector("tbody");
    const own = rows.rows[0].cloneNode(true);
    own.className = "cp-own-guess";
    own.cells[0].textContent = "Your guess";
    const longest = Number(guess.dataset.longest);
    let touched = false;
    const said = () => input.tagName === "SELECT" ? input.value : Math.round(input.value).toLocaleString("en") + guess.dataset.unit;
    const tell = () => {
      if (output) { output.textContent = said(); input.setAttribute("aria-valuetext", said()); }
      if (!touched) return;
      if (output) {
        own.cells[1].textContent = said();
        own.querySelector("rect").setAttribute("width", 100 * input.value / longest);
        rows.prepend(own);
      } else for (const row of rows.rows) row.classList.toggle("cp-own-guess", row.cells[0].textContent === input.value);
    };
    input.addEventListener("input", () => { touched = Boolean(input.value); tell(); });
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") fold.open = true; });
    addEventListener("beforeprint", () => { fold.open = true; });
    tell();
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();

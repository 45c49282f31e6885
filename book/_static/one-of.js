// One of several that a page holds: which one shows. The choice stands in the address; a link to any of them, or to a part of it, chooses it.
(() => {
  "use strict";
  const begin = (part) => {
    const { name } = part.dataset, names = part.querySelector(".cp-names");
    const radios = [...names.querySelectorAll("input")], panels = [...part.querySelectorAll(":scope > .cp-one")];
    const own = radios.find((radio) => radio.defaultChecked).value, offered = radios.map((radio) => radio.value);
    const inAddress = (change) => {
      const url = new URL(location.href);
      change(url);
      try { history.replaceState(null, "", url); } catch { /* a browser that lets no page from disk do so */ }
    };
    let shown = own;
    const show = (choice) => {
      shown = choice;
      for (const radio of radios) radio.checked = radio.value === choice;
      for (const panel of panels) panel.classList.toggle("cp-on", panel.dataset.choice === choice);
    };
    const choose = (choice) => {
      show(choice);
      inAddress((url) => {
        if (choice === own) url.searchParams.delete(name); else url.searchParams.set(name, choice);
        const target = place();
        if (target ? target.closest(".cp-one:not(.cp-on)") : offered.some((one) => url.hash.startsWith(`#${one}-`))) url.hash = ""; // it is out of sight now
      });
    };
    const place = () => document.getElementById(decodeURIComponent(location.hash.slice(1)));
    // What the address leads to; a part that an element has not leads to its beginning.
    const follow = () => {
      const target = place(), wanted = location.hash.slice(1);
      const choice = target ? target.closest(".cp-one")?.dataset.choice : offered.find((one) => wanted.startsWith(`${one}-`));
      if (!choice || !offered.includes(choice)) return false;
      choose(choice);
      (target ?? panels.find((panel) => panel.dataset.choice === choice)).scrollIntoView();
      return true;
    };

    names.addEventListener("change", ({ target }) => choose(target.value));
    addEventListener("hashchange", follow);
    addEventListener("pageshow", () => show(shown)); // a browser may have filled in what was chosen last time
    addEventListener("beforeprint", () => part.classList.add("cp-all")); // before the charts are drawn for paper
    addEventListener("afterprint", () => part.classList.remove("cp-all"));

    const asked = new URLSearchParams(location.search).get(name);
    if (!follow() && asked !== null) {
      if (offered.includes(asked)) { show(asked); if (!location.hash && performance.getEntriesByType("navigation")[0]?.type === "navigate") names.scrollIntoView(); }
      else {
        const note = Object.assign(document.createElement("p"), { className: "cp-refused", textContent: `The address asks for ${name}=${asked.slice(0, 40)}: that is not among the choices here.` });
        note.setAttribute("role", "status");
        names.after(note);
        inAddress((url) => url.searchParams.delete(name));
      }
    }
  };
  document.querySelectorAll(".cp-one-of").forEach(begin);
})();

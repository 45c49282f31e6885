/* What would you do?: reads the desk's controls, runs the model (scenario.js) and gives panels, sentence and table what comes of it.
   The choice is kept in the address. Holds no model and no figure; nothing leaves the page. */
(() => {
  "use strict";
  const desk = document.querySelector(".cp-scenario"), model = window.scenario, data = window.scenarioData;
  if (!desk || !model || !data) return;
  const PAUSE = 500, GROW = 200; // ms without a move, after which the address is set and the band begins; between two looks at the band
  const own = JSON.parse(desk.querySelector(".cp-own").textContent);
  const one = (selector) => desk.querySelector(selector), all = (selector) => [...desk.querySelectorAll(selector)];
  const controls = Object.fromEntries(data.policy.map((control) => [control.name, control]));
  const answers = data.policy.filter((control) => control.of === "answer").map((control) => control.name);

  // --- the choice ---

  const facts = ({ mineral, members }) => {
    const { world, codes, figures } = data.minerals[mineral];
    return window.scenarioGather(world, figures, codes.map((code) => (members.includes(code) ? 1 : 0)), data.judged);
  };
  const spending = (choice) => { const known = facts(choice); return known[0] * known[10] / 1000; }; // US$ million a year: price times use
  const rounded = (value) => Number(value.toPrecision(3));
  const storied = (choice, story, answer) => {
    const settings = Object.fromEntries(data.policy.map((control) => [control.name, control.default]));
    for (const [name, value] of Object.entries(data.stories[story].settings)) {
      settings[name] = value ?? Math.min(rounded(own.parts[name] * spending(choice)), controls[name].high);
    }
    return { ...settings, ...own.answers[answer] };
  };
  const same = (a, b, names) => names.every((name) => a[name] === b[name]);
  const others = data.policy.map((control) => control.name).filter((name) => !answers.includes(name));
  const storyOf = (choice) => Object.keys(data.stories).find((story) => same(choice.settings, storied(choice, story, "none"), others));
  const answerOf = (choice) => Object.keys(own.answers).find((answer) => same(choice.settings, storied(choice, "nothing", answer), answers));
  const presetOf = (members) => Object.keys(data.presets).find((name) => String([...data.presets[name].members].sort()) === String([...members].sort()));

  // What an address asks for; what may not be is said, and the page's own stands in its place.
  const asked = (search) => {
    const given = new URLSearchParams(search), names = [...given.keys()].filter((name) => !name.includes(".") && name !== "q");
    const { start } = own, wish = new URLSearchParams(), faults = [];
    wish.set("mineral", given.get("mineral") ?? start.mineral);
    wish.set("members", given.get("members") ?? start.members);
    for (const name of Object.keys(controls)) if (given.has(name)) wish.set(name, given.get(name));
    const choice = model.read(data, wish.toString());
    faults.push(...choice.faults);
    for (const name of ["mineral", "members"]) if (given.get(name) === "") faults.push(`${name}= names none; the page's own stands.`);
    const known = choice.members.filter((code) => code in own.countries);
    const strangers = choice.members.filter((code) => !(code in own.countries));
    if (strangers.length) faults.push(`There is no country ${strangers.slice(0, 3).map((code) => `“${code}”`).join(", ")}.`);
    if (!known.length) { choice.club = start.members; known.push(...data.presets[start.members]?.members ?? start.members.split(",")); faults.push("Nobody is left to act."); }
    choice.members = [...new Set(known)].sort();
    choice.club = presetOf(choice.members) ?? choice.members.join(",");
    const pick = (name, from, otherwise) => {
      if (!given.has(name)) return otherwise;
      if (Object.hasOwn(from, given.get(name))) return given.get(name);
      faults.push(`There is no ${name} “${given.get(name)}”; there are ${Object.keys(from).join(", ")}.`);
      return otherwise;
    };
    const bare = !Object.keys(controls).some((name) => given.has(name)) && !given.has("mineral") && !given.has("members");
    const story = pick("story", data.stories, bare ? start.story : "nothing"), answer = pick("answer", own.answers, bare ? start.answer : "none");
    const begun = storied(choice, story, answer);
    for (const name of Object.keys(controls)) if (given.has(name)) begun[name] = choice.settings[name];
    choice.settings = begun;
    for (const name of names) if (!(name in controls) && !["mineral", "members", "story", "answer"].includes(name)) faults.push(`There is no setting “${name}”.`);
    return { mineral: choice.mineral, club: choice.club, members: choice.members, settings: choice.settings, faults };
  };
  let choice = asked(location.search), asPrinted = !location.search;

  const address = () => {
    const url = new URL(document.documentElement.dataset.page ?? location.href), kept = [...new URLSearchParams(location.search)].filter(([name]) => name.includes("."));
    url.search = model.link(data, choice).replace("#", "?");
    for (const [name, value] of kept) url.searchParams.append(name, value);
    return url.href;
  };

  // --- figures, as the book writes them ---

  const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  const number = (value, unit, name, roughly) => { // roughly: to one digit
    if (value === null || !isFinite(value)) return own.never[name] ?? "none";
    const exact = Math.abs(value), size = roughly && exact >= 1 ? Number(exact.toPrecision(1)) : exact;
    const text = unit === "share" ? `${(100 * size).toFixed(1)}%` : unit === "year" ? String(size)
      : size >= 100 ? whole.format(Math.round(size)) : String(Number(size.toPrecision(3)));
    const said = value < 0 && /[1-9]/.test(text) ? `\u2212${text}` : text;
    return roughly && said !== "0" ? `about ${said}` : said;
  };
  const money = (millions) => (millions >= 1000 ? `US$${number(millions / 1000)} billion` : `US$${number(millions)} million`);

  // --- what is shown of a path ---

  const covered = (path) => path.vault.map((held, t) => (path.net_imports[t] > 1e-9 * path.use_club[t] ? 365 * held / path.net_imports[t] : null));
  const means = (column) => {
    const found = [];
    for (let t = 0; t < data.months; t += 12) {
      const year = column.slice(t, t + 12).filter((value) => value !== null);
      found.push(year.length ? year.reduce((sum, value) => sum + value, 0) / year.length : null);
    }
    return found;
  };
  const views = own.panels.map(({ name }) => ({ part: one(`.cp-panels > [data-panel="${name}"]`), view: null, band: null })); // view: once the page has drawn it; band: its rows
  const when = Array.from({ length: data.months }, (_, t) => data.first + (t + 0.5) / 12);
  const drawable = (column) => (column?.every((value) => value === null) ? [0, ...column.slice(1)] : column); // a line without a point has no extent
  const columns = (panel, { path, nothing }) => {
    const of = (from, name) => (name === "cover" ? covered(from) : from[name]);
    return { a: of(path, panel.series[0]), b: panel.series[1] && of(path, panel.series[1]), g: of(nothing, panel.baseline) };
  };
  // A line through these months is nowhere further than `off` from the line through all of them, and has the same ends and gaps. Most of a
  // frame went into points that lie on the line between their neighbours: Vega works out place and gap of each, and the page has it interpret that.
  const corners = (column, off, kept) => {
    const between = (from, to) => {
      let [far, worst] = [off, -1];
      for (let k = from + 1; k < to; k += 1) {
        const away = Math.abs(column[k] - column[from] - (column[to] - column[from]) * (k - from) / (to - from));
        if (away > far) [far, worst] = [away, k];
      }
      if (worst < 0) return;
      kept[worst] = true;
      between(from, worst);
      between(worst, to);
    };
    let from = 0;
    kept[0] = kept[column.length - 1] = true;
    column.forEach((value, k) => {
      if (value === null) { kept[k] = kept[Math.max(k - 1, 0)] = true; between(from, Math.max(k - 1, from)); from = k + 1; kept[Math.min(from, column.length - 1)] = true; }
    });
    between(from, column.length - 1);
    return kept;
  };
  const FINE = 0.2; // px: what no eye tells apart
  const draw = async (told, i) => {
    const { view } = views[i];
    if (!view) return; // it gets the path when the page draws it
    const shown = Object.entries(columns(own.panels[i], told)).filter(([, column]) => column).map(([name, column]) => [name, drawable(column)]), kept = [];
    const size = Math.max(...shown.flatMap(([, column]) => column)) - Math.min(0, ...shown.flatMap(([, column]) => column));
    for (const [, column] of shown) corners(column, FINE * size / view.height(), kept);
    view.data("path", when.map((t, k) => ({ t, ...Object.fromEntries(shown.map(([name, column]) => [name, column[k]])) })).filter((_, k) => kept[k]));
    if (view.data("band").length > 1 || views[i].band) view.data("band", views[i].band ?? none());
    await view.runAsync();
  };
  const drawAll = (told) => Promise.all(views.map((_, i) => draw(told, i)));

  // What a mouse on a picture is told, a year each: nothing of it is seen, so it waits until the hand rests.
  const tell = (told, i) => {
    const panel = own.panels[i], lines = Object.entries(columns(panel, told)).filter(([, column]) => column).map(([name, column]) => [name, means(column)]);
    views[i].view?.data("years", lines[0][1].map((_, k) => ({ year: data.first + k, ...Object.fromEntries(lines.map(([name, line]) => [name, line[k]])) }))).runAsync();
  };
  const tellAll = (told) => views.forEach((_, i) => tell(told, i));

  // The numbers under each picture, for the reader and for the menu's CSV: once the hand rests.
  const write = (told) => own.panels.forEach((panel, i) => {
    const { part } = views[i], lines = Object.values(columns(panel, told)).filter(Boolean).map(means), table = part.querySelector(".cp-numbers table");
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    const rows = lines[0].map((_, k) => [data.first + k, ...lines.map((line) => line[k])]);
    [...table.tBodies[0].rows].forEach((row, k) => [...row.cells].forEach((cell, j) => {
      put(cell, j ? number(rows[k][j], panel.percent ? "share" : "") : String(rows[k][0]));
    }));
    part.querySelector(".cp-csv").textContent = JSON.stringify([heads, ...rows].map((row) => row.map((value) => value ?? "").join(",") + "\n").join(""));
  });

  // --- the band: draws run beside the page; it grows in view ---

  let stop = () => {}, turn = 0; // of the bands begun: what an older one would draw is dropped
  const none = () => [{ t: data.first, q5: 0, q25: 0, q75: 0, q95: 0 }]; // no rows would have no extent
  const unband = () => { stop(); turn += 1; for (const shown of views) shown.band = null; };
  const grow = () => {
    stop();
    const mine = (turn += 1), says = one(".cp-drawn"), banded = own.panels.map((panel, i) => ({ panel, i })).filter(({ panel }) => panel.series[0] in data.series);
    const width = Object.keys(data.series).length, years = data.months / 12, at = banded.map(({ panel }) => Object.keys(data.series).indexOf(panel.series[0]));
    const drawn = banded.map(() => Array.from({ length: years }, () => [])); // of each panel and year, the mean of every draw
    let seen = 0, looked = 0;
    says.textContent = "";
    if (!one("[data-do=band]").checked) return;
    stop = model.band(data, choice, data.draws, (results, done, of) => {
      for (; seen < results.length; seen += 1) {
        at.forEach((k, j) => { for (let y = 0; y < years; y += 1) { let sum = 0; for (let m = 12 * y; m < 12 * y + 12; m += 1) sum += results[seen][m * width + k]; drawn[j][y].push(sum / 12); } });
      }
      if (done < of && performance.now() - looked < GROW) return;
      looked = performance.now();
      says.textContent = `${done.toLocaleString("en-US")} of ${of.toLocaleString("en-US")} runs with what is fitted or judged drawn anew: half lie in the dark band, nine of ten in the pale one.`;
      // each picture in a task of its own, so that none of them is long
      banded.forEach(({ i }, j) => setTimeout(() => {
        if (mine !== turn) return;
        views[i].band = drawn[j].map((values, y) => {
          const sorted = Float64Array.from(values).sort(), q = (share) => sorted[Math.round(share * (sorted.length - 1))];
          return { t: data.first + y + 0.5, q5: q(0.05), q25: q(0.25), q75: q(0.75), q95: q(0.95) };
        });
        views[i].view?.data("band", views[i].band).runAsync();
      }));
      setTimeout(() => { if (mine === turn) desk.dataset.drawn = String(done); });
    });
  };

  // --- the controls ---

  const floorOf = ({ settings }) => Math.max(...own.stages.map((stage) => settings[stage]));
  const toLever = { floor: (c) => Math.max(1, floorOf(c)), money: (c) => c.settings.money / spending(c), vault: (c) => c.settings.vault / spending(c) };
  const said = {
    floor: (c) => (floorOf(c) > 0 ? `${number(floorOf(c))} × today’s price` : "none"),
    money: (c) => (c.settings.money > 0 ? `${money(c.settings.money)} a year` : "none"),
    vault: (c) => (c.settings.vault > 0 ? money(c.settings.vault) : "none"),
  };

  // A browser lays out anew what is written, the same words too.
  const put = (place, text) => { if (place.textContent !== text) place.textContent = text; };
  const mark = (place, name, text) => { if (place.getAttribute(name) !== text) place.setAttribute(name, text); };
  const press = (kind, name) => all(`button[data-${kind}]`).forEach((button) => mark(button, "aria-pressed", String(button.dataset[kind] === name)));
  const settle = (moved) => {
    one('[data-choose="mineral"]').value = choice.mineral;
    one('[data-choose="members"]').value = presetOf(choice.members) ?? "";
    press("story", storyOf(choice));
    press("answer", answerOf(choice));
    for (const lever of own.levers) {
      const input = one(`[data-lever="${lever}"]`);
      if (input !== moved) input.value = toLever[lever](choice);
      put(input.parentElement.querySelector("output"), said[lever](choice));
      mark(input, "aria-valuetext", said[lever](choice));
    }
    const any = floorOf(choice) > 0;
    for (const box of all("[data-stage]")) if (any) box.checked = choice.settings[box.dataset.stage] > 0;
    for (const input of all(".cp-setting input")) if (input !== moved) input.value = choice.settings[input.name];
    one(".cp-call").textContent = `scenario.run("${choice.mineral}", members="${choice.club}"${data.policy.filter(({ name, default: begin }) => choice.settings[name] !== begin)
      .map(({ name }) => `, ${name}=${choice.settings[name]}`).join("")})`;
  };

  const outcome = (told) => {
    one(".cp-sentence").textContent = told.sentence;
    const quiet = !data.minerals[choice.mineral].prices; // where the model has not earned to show a price
    for (const row of all("[data-figure]")) {
      const roughly = quiet && row.dataset.unit.startsWith("US$ million");
      const [here, there] = told.summary[row.dataset.figure];
      row.hidden = (row.dataset.unit === "members" && !told.summary.members[0]) || (row.dataset.figure === "highest_price" && quiet);
      put(row.cells[1], number(here, row.dataset.unit, row.dataset.figure, roughly));
      put(row.cells[2], number(there, row.dataset.unit, row.dataset.figure, roughly));
    }
    for (const part of all("[data-panel=price]")) part.hidden = quiet;
    one(".cp-quiet").hidden = !quiet;
    put(one(".cp-grounds"), own.grounds[choice.mineral]);
    for (const line of all("[data-sourced]")) line.hidden = !line.dataset.sourced.split(" ").includes(choice.mineral);
  };

  let latest, resting, waits = false;
  const show = async () => {
    waits = false;
    latest = model.told(data, choice);
    outcome(latest);
    await drawAll(latest);
    desk.dataset.settled = String(Number(desk.dataset.settled || 0) + 1);
  };
  const rest = () => {
    write(latest);
    tellAll(latest);
    one(".cp-said").textContent = latest.sentence;
    const here = new URL(location.href);
    here.search = new URL(address()).search;
    try { history.replaceState(null, "", here.href); } catch { /* a browser that lets no page from disk do so; the button still copies the link */ }
    grow();
  };
  const move = (changes, moved) => {
    choice = { ...choice, ...changes };
    asPrinted = false;
    unband();
    settle(moved);
    if (!waits) { waits = true; requestAnimationFrame(show); }
    clearTimeout(resting);
    resting = setTimeout(rest, PAUSE);
  };
  const set = (settings, moved) => move({ settings: { ...choice.settings, ...settings } }, moved);
  // Another market: a story's money is that market's own.
  const market = (changes) => {
    const story = storyOf(choice), next = { ...choice, ...changes };
    if (story) next.settings = { ...storied(next, story, "none"), ...Object.fromEntries(answers.map((name) => [name, choice.settings[name]])) };
    move(next);
    if (one(".cp-countries").open) list();
  };

  const refuse = (lines) => {
    const place = one(".cp-refused");
    place.hidden = !lines.length;
    place.replaceChildren(...lines.slice(0, 6).flatMap((line, i) => [...(i ? [document.createElement("br")] : []), line.slice(0, 200)]));
  };

  // Countries with a part in the mineral, the largest first.
  const list = () => {
    const { codes, figures } = data.minerals[choice.mineral], place = one(".cp-countries .cp-scroll");
    const totals = [0, 1, 3].map((k) => codes.reduce((sum, _, i) => sum + figures[7 * i + k], 0));
    const part = (i) => Math.max(...[0, 1, 3].map((k, j) => (totals[j] ? figures[7 * i + k] / totals[j] : 0)));
    const listed = codes.map((code, i) => ({ code, part: part(i) })).filter(({ code, part: size }) => code in own.countries && size > 0).sort((a, b) => b.part - a.part);
    place.replaceChildren(...listed.map(({ code, part: size }) => {
      const label = document.createElement("label"), box = Object.assign(document.createElement("input"), { type: "checkbox", value: code, checked: choice.members.includes(code) });
      box.dataset.country = code;
      label.append(box, ` ${own.countries[code]} `, Object.assign(document.createElement("small"), { textContent: `up to ${size < 0.01 ? "1" : Math.round(100 * size)}% of a stage` }));
      return label;
    }));
  };

  // --- what the reader does ---

  desk.addEventListener("submit", (event) => event.preventDefault());
  desk.addEventListener("input", ({ target }) => {
    const { lever } = target.dataset;
    if (lever === "floor") {
      const height = Number(target.value) > 1 ? Number(target.value) : 0, boxes = all("[data-stage]");
      if (!boxes.some((box) => box.checked)) boxes.find((box) => box.dataset.stage === "floor").checked = true;
      set(Object.fromEntries(boxes.map((box) => [box.dataset.stage, box.checked ? height : 0])), target);
    } else if (lever) set({ [lever]: Math.min(rounded(Number(target.value) * spending(choice)), controls[lever].high) }, target);
  });
  desk.addEventListener("change", ({ target }) => {
    if (target.dataset.choose === "mineral") market({ mineral: target.value });
    else if (target.dataset.choose === "members" && target.value) market({ club: target.value, members: data.presets[target.value].members });
    else if (target.dataset.choose === "members") { one(".cp-countries").open = true; one(".cp-countries summary").focus(); }
    else if (target.dataset.country) {
      const members = target.checked ? [...choice.members, target.value].sort() : choice.members.filter((code) => code !== target.value);
      if (!members.length) { target.checked = true; refuse(["Somebody has to act: one country at least stays."]); return; }
      refuse([]);
      market({ members, club: presetOf(members) ?? members.join(",") });
    } else if (target.dataset.stage) {
      const height = floorOf(choice);
      if (height > 0 && all("[data-stage]").some((box) => box.checked)) set(Object.fromEntries(all("[data-stage]").map((box) => [box.dataset.stage, box.checked ? height : 0])));
      else if (height > 0) set(Object.fromEntries(own.stages.map((stage) => [stage, 0])));
    } else if (target.dataset.do === "band") { if (!target.checked) { unband(); views.forEach(({ view }) => view?.data("band", none()).runAsync()); } grow(); }
    else if (target.name in controls) {
      const { name, value } = target, { low, high, unit, meaning } = controls[name], given = value.trim() === "" ? NaN : Number(value);
      if (given >= low && given <= high) { refuse([]); set({ [name]: given }, target); }
      else { refuse([`${meaning} (${name}): give ${low} to ${high} ${unit}.`]); target.value = choice.settings[name]; }
    }
  });
  const save = () => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([model.csv(data, latest.path)], { type: "text/csv;charset=utf-8" })), download: `${choice.mineral}-scenario.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    return "Saved";
  };
  const copy = async () => {
    try { await navigator.clipboard.writeText(address()); return "Link copied"; } catch {
      if (document.documentElement.dataset.page) return "This browser copies nothing from a frame: the line below leads to this choice";
      history.replaceState(null, "", address());
      return "The address bar holds the link";
    }
  };
  const back = () => { refuse([]); move({ ...asked("") }); return ""; };
  desk.addEventListener("click", async ({ target }) => {
    const { story, answer, panel, do: what } = target.closest("button")?.dataset ?? {};
    if (story) set(Object.fromEntries(others.map((name) => [name, storied(choice, story, "none")[name]])));
    if (answer) set(Object.fromEntries(answers.map((name) => [name, storied(choice, "nothing", answer)[name]])));
    if (panel) { press("panel", panel); all(".cp-panels > [data-panel]").forEach((part) => part.classList.toggle("cp-shown", part.dataset.panel === panel)); }
    const action = { link: copy, csv: save, back }[what];
    if (action) { one(".cp-taken").textContent = await action(); setTimeout(() => { one(".cp-taken").textContent = ""; }, 3000); }
  });
  one(".cp-countries").addEventListener("toggle", ({ target }) => { if (target.open) list(); });

  refuse(choice.faults);
  // Until something else is asked for, the page shows what the model says: it need not run while the page loads.
  const begin = () => {
    if (latest) return; // somebody was quicker
    settle();
    latest = model.told(data, choice);
    if (!asPrinted) { outcome(latest); write(latest); }
    desk.dataset.settled = "1";
  };
  if (document.readyState === "complete") begin(); else addEventListener("load", () => setTimeout(begin));
  // The page draws a picture as it comes near the screen; the first begins the band.
  const takeView = (i, view) => {
    views[i].view = view;
    begin();
    if (!asPrinted || views[i].band) draw(latest, i).then(() => tell(latest, i));
    if (!turn && !resting) resting = setTimeout(grow, PAUSE);
  };
  desk.addEventListener("cp:drawn", ({ target, detail }) => takeView(views.findIndex(({ part }) => part.contains(target)), detail));
  views.forEach(async ({ part }, i) => { if (part.querySelector("[data-drawn]")) takeView(i, await chokepoint.view(part)); });

  window.chokepointDesk = { address, choice: () => choice, told: () => latest };
})();

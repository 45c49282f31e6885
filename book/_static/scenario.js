/* What would you do?: runs the model that PScript wrote (scenario-model.js) on the data of the book (scenario-data.js).
   Holds no figure and no equation of its own. Nothing leaves the page. */
(function (root) {
  "use strict";
  var PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i; // no hexadecimal, which Python does not take
  var LONGEST = 12; // milliseconds of work at a time where no worker is allowed

  function known(data) {
    var by = {};
    data.policy.forEach(function (setting) { by[setting.name] = setting; });
    return by;
  }

  /* A choice with every setting: {mineral, members: [codes], settings: {name: number}}. What may not be is said in `faults`. */
  function read(data, text) {
    var given = new URLSearchParams(text.replace(/^[#?]/, "")), settings = {}, faults = [], by = known(data);
    var mineral = given.get("mineral") || "gallium";
    if (!Object.prototype.hasOwnProperty.call(data.minerals, mineral)) {
      faults.push("There is no mineral “" + mineral + "” here that can be run.");
      mineral = "gallium";
    }
    var club = given.get("members") || "came";
    var members = Object.prototype.hasOwnProperty.call(data.presets, club) ? data.presets[club].members : club.toUpperCase().split(",").filter(function (code) {
      var fits = /^[A-Z]{3}$/.test(code) && ["CHN", "HKG", "MAC"].indexOf(code) < 0;
      if (!fits) faults.push("“" + code + "” cannot be a member.");
      return fits;
    });
    data.policy.forEach(function (setting) {
      settings[setting.name] = setting.default;
      var said = given.get(setting.name);
      if (said === null) return;
      var number = PLAIN.test(said) ? Number(said) : NaN;
      if (!isFinite(number) || number < setting.low || number > setting.high) {
        faults.push(setting.name + "=" + said + " is outside the range: " + setting.low + " to " + setting.high + " " + setting.unit + ".");
      } else settings[setting.name] = number;
    });
    return { mineral: mineral, club: club, members: members, settings: settings, faults: faults, by: by };
  }

  /* The link of a choice: only what differs from the start. */
  function link(data, choice) {
    var said = new URLSearchParams();
    said.set("mineral", choice.mineral);
    said.set("members", choice.club);
    data.policy.forEach(function (setting) {
      if (choice.settings[setting.name] !== setting.default) said.set(setting.name, String(choice.settings[setting.name]));
    });
    return "#" + said.toString();
  }

  function inside(data, choice) {
    return data.minerals[choice.mineral].codes.map(function (code) { return choice.members.indexOf(code) < 0 ? 0 : 1; });
  }

  function facts(data, choice, world, judged) {
    var mineral = data.minerals[choice.mineral];
    return root.scenarioGather(world || mineral.world, mineral.figures, inside(data, choice), judged || data.judged);
  }

  /* The settings in the model's order; with `idle` China's answer alone, and not even that where it is all there is. */
  function policy(data, settings, idle) {
    var all = data.policy.map(function (setting) { return settings[setting.name]; });
    var alone = root.scenarioNothing(all);
    return data.policy.map(function (setting, k) {
      return idle && (alone || setting.of !== "answer") ? setting.default : all[k];
    });
  }

  /* Each member's part of the club's use, refining and mining: for those who may leave. */
  function shares(data, choice) {
    var mineral = data.minerals[choice.mineral], rows = [], totals = [0, 0, 0], flat = [];
    choice.members.forEach(function (code) {
      var i = mineral.codes.indexOf(code);
      if (i < 0) return;
      var row = [0, 1, 3].map(function (k) { return mineral.figures[7 * i + k]; });
      row.forEach(function (v, k) { totals[k] += v; });
      rows.push(row);
    });
    rows.forEach(function (row) {
      if (row[0] + row[1] + row[2] > 0) row.forEach(function (v, k) { flat.push(totals[k] ? v / totals[k] : 0); });
    });
    return flat;
  }

  function flat(data, choice, idle) {
    var leave = !idle && choice.settings.patience > 0 ? shares(data, choice) : [];
    return root.scenarioSimulate(facts(data, choice), data.behaviour, policy(data, choice.settings, idle), leave, data.months);
  }

  /* The path of a choice, or with `idle` that of doing nothing under the same answer: name → one figure a month. */
  function run(data, choice, idle) {
    return columns(data, flat(data, choice, idle));
  }

  /* Both paths, the figures that sum them up (null where there is none) and the sentence, as Python gives them. */
  function told(data, choice) {
    var path = flat(data, choice), nothing = flat(data, choice, true), summary = {};
    var here = root.scenarioSum(path, data.first), there = root.scenarioSum(nothing, data.first);
    Object.keys(data.summary).forEach(function (name, k) {
      summary[name] = [here[k] === -1 ? null : here[k], there[k] === -1 ? null : there[k]];
    });
    return {
      path: columns(data, path),
      nothing: columns(data, nothing),
      summary: summary,
      sentence: root.scenarioTell(data.minerals[choice.mineral].form, policy(data, choice.settings), path, nothing, data.first, data.minerals[choice.mineral].prices),
    };
  }

  function columns(data, flat) {
    var names = Object.keys(data.series), found = {};
    names.forEach(function (name, k) {
      var column = new Array(data.months);
      for (var t = 0; t < data.months; t++) column[t] = flat[t * names.length + k];
      found[name] = column;
    });
    return found;
  }

  function csv(data, path) {
    var names = Object.keys(data.series), lines = ["year,month," + names.join(",")];
    for (var t = 0; t < data.months; t++) {
      var row = [data.first + Math.floor(t / 12), t % 12 + 1];
      names.forEach(function (name) { row.push(path[name][t]); });
      lines.push(row.join(","));
    }
    return lines.join("\n") + "\n";
  }

  /* Numbers that look random and are the same each time (mulberry32). */
  function numbers(seed) {
    return function () {
      seed = (seed + 0x6d2b79f5) | 0;
      var t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
  }

  function jobs(data, choice, number) {
    var next = numbers(data.seed), set = policy(data, choice.settings), made = [];
    function between(ends) { return ends[0] + next() * (ends[1] - ends[0]); }
    for (var i = 0; i < number; i++) {
      var drawn = data.ranges.map(between), judged = data.judged.slice(), world = data.minerals[choice.mineral].world.slice();
      judged[data.dear] = drawn.pop();
      world[4] *= between(data.factors[0]);
      world[1] *= between(data.factors[1]);
      made.push([facts(data, choice, world, judged), drawn, set, [], data.months]);
    }
    return made;
  }

  /* Runs draws beside the page, or in slices on it; calls show(flat results so far, done, of) as they come. Returns a way to stop. */
  function band(data, choice, number, show) {
    var all = jobs(data, choice, number), results = [], stopped = false, worker = null;
    function slices() {
      if (stopped) return;
      var begun = performance.now();
      while (results.length < all.length && performance.now() - begun < LONGEST) {
        results.push(root.scenarioSimulate.apply(null, all[results.length]));
      }
      show(results, results.length, all.length);
      if (results.length < all.length) setTimeout(slices, 0);
    }
    function beside() {
      var work = "onmessage=function(e){var out=[];for(var i=0;i<e.data.length;i++)out.push(scenarioSimulate.apply(null,e.data[i]));postMessage(out);};";
      var address = URL.createObjectURL(new Blob([root.scenarioModelText, work], { type: "text/javascript" }));
      worker = new Worker(address);
      URL.revokeObjectURL(address);
      worker.onmessage = function (e) {
        if (stopped) return;
        results = results.concat(e.data);
        show(results, results.length, all.length);
        if (results.length < all.length) worker.postMessage(all.slice(results.length, results.length + 50));
        else worker.terminate();
      };
      worker.onerror = function () { worker.terminate(); worker = null; if (!stopped) slices(); };
      worker.postMessage(all.slice(0, 50));
    }
    try {
      if (!root.scenarioModelText || !root.Worker) throw new Error("no worker");
      beside();
    } catch (_) {
      slices();
    }
    return function () { stopped = true; if (worker) worker.terminate(); };
  }

  /* Quantiles of one series by year: one row a year, in the order of `shares`. */
  function spread(data, results, name, quantiles) {
    var width = Object.keys(data.series).length, k = Object.keys(data.series).indexOf(name), rows = [];
    for (var y = 0; y < data.months / 12; y++) {
      var means = results.map(function (flat) {
        var sum = 0;
        for (var m = 12 * y; m < 12 * y + 12; m++) sum += flat[m * width + k];
        return sum / 12;
      }).sort(function (a, b) { return a - b; });
      rows.push(quantiles.map(function (q) {
        var at = q * (means.length - 1), low = Math.floor(at);
        return means[low] + (at - low) * ((low + 1 < means.length ? means[low + 1] : means[low]) - means[low]);
      }));
    }
    return rows;
  }

  root.scenario = { read: read, link: link, run: run, told: told, csv: csv, band: band, spread: spread };
})(typeof self !== "undefined" ? self : globalThis);

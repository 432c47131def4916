// What each chart draws: from the build's data to plotly's traces and a plain table.
"use strict";

const PALETTE = ["#2b8cc4", "#d9662b", "#1a9e7a", "#c977a5", "#9a7d1a", "#6f7fd6", "#b34d6d", "#8a8f94"];
const DASHES = ["solid", "dash", "dot", "dashdot"];
/** Brown to green over the theme's own ground; opaque, so that plotly sees which ink can be read. */
const diverging = () => [[0, "#b5642e"],
  [0.5, getComputedStyle(document.documentElement).getPropertyValue("--raised").trim()], [1, "#0c8271"]];
const FIGURES = {};

/** Name and version, and the slug where two entries share them: axes need names of their own. */
const titleOf = (entry) => {
  const title = ({ name, version }) => `${name} ${version}`;
  const twice = DATA.get("charts").entries.some((e) => e.slug !== entry.slug && title(e) === title(entry));
  return twice ? `${title(entry)} (${entry.slug})` : title(entry);
};
const colour = (k) => PALETTE[k % PALETTE.length];
const faded = (hex, alpha) =>
  `rgba(${[1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)).join(",")},${alpha})`;

/** Ticks of an operation's levels: their names, and what they stand for where a build knows it. */
const levelTicks = (data, operation) => {
  const levels = data.levels[operation] ?? [];
  return { tickvals: levels.map(([x]) => x),
    ticktext: levels.map(([, name, settings]) => (settings ? `${name}<br>${settings}` : name)) };
};
/** 1, 2, 5, 10 … around the values, for a logarithmic axis that hardly spans a decade. */
function logTicks(values) {
  const decades = values.filter((v) => v > 0).map((v) => Math.floor(Math.log10(v)));
  const tickvals = [];
  for (let d = Math.min(...decades); d <= Math.max(...decades) + 1; d += 1) {
    const steps = Math.max(...decades) - Math.min(...decades) > 2 ? [1] : [1, 2, 5];
    tickvals.push(...steps.map((s) => Number(`${s}e${d}`)));
  }
  const units = [[1e9, " G"], [1e6, " M"], [1e3, " k"]];
  const ticktext = tickvals.map((v) => {
    const [unit, letter] = units.find(([u]) => v >= u) ?? [1, ""];
    return `${v / unit}${letter}`;
  });
  return { tickvals, ticktext };
}

/** Each has `title`, `note` and `draw(data, chosen, options)`, which gives
    `{traces, layout, head, rows}`; `chosen` are indices into the entries. */
const CHANCE = { type: "line", xref: "paper", x0: 0, x1: 1, y0: 0.5, y1: 0.5,
  line: { color: "#888", width: 1, dash: "dot" } };
const withClean = ({ tickvals, ticktext }) => (tickvals.includes(0) ? { tickvals, ticktext }
  : { tickvals: [0, ...tickvals], ticktext: ["clean", ...ticktext] });
/** A range that holds all intervals, and chance. */
const around = (rows) => {
  const ends = rows.flatMap((r) => r.slice(2)).filter((v) => v !== null);
  return [Math.max(-0.02, Math.min(0.45, ...ends) - 0.03), Math.min(1.02, Math.max(0.6, ...ends) + 0.03)];
};

FIGURES.severity = {
  title: "Accuracy against severity",
  ask: "Operation",
  note: "Balanced accuracy as a perturbation or an attack grows, from the clean image. Bands are 95 % intervals; dotted: chance.",
  options: (data) => [...new Set(data.severity.flatMap(Object.keys))].sort(),
  draw(data, chosen, operation) {
    const traces = [], rows = [];
    chosen.forEach((e, k) => {
      const points = data.severity[e][operation] ?? [];
      if (!points.length) return;
      const name = titleOf(data.entries[e]);
      const x = points.map((p) => p[0]);
      const banded = points.every((p) => p[2] !== null);
      if (banded) {
        traces.push({
          x: [...x, ...x.toReversed()], y: [...points.map((p) => p[3]), ...points.map((p) => p[2]).toReversed()],
          fill: "toself", fillcolor: faded(colour(k), 0.12), line: { width: 0 }, hoverinfo: "skip",
          showlegend: false, type: "scatter", mode: "lines", legendgroup: name });
      }
      traces.push({
        x, y: points.map((p) => p[1]), name, legendgroup: name, type: "scatter", mode: "lines+markers",
        line: { color: colour(k), width: 2, dash: DASHES[Math.floor(k / PALETTE.length) % 4] } });
      for (const p of points) rows.push([name, p[0], ...p.slice(1)]);
    });
    return {
      traces, head: ["Detector", "Severity", "Balanced accuracy", "low", "high"], rows,
      layout: { xaxis: { title: { text: `severity of ${operation}` }, ...withClean(levelTicks(data, operation)) },
        yaxis: { title: { text: "balanced accuracy" }, range: around(rows) }, shapes: [CHANCE] } };
  },
};

const COSTS = {
  images_per_second: "images per second (more is cheaper)", latency_p50: "seconds for an answer, median",
  latency_p95: "seconds for an answer, 95th percentile", latency_p99: "seconds for an answer, 99th percentile",
  peak_memory_bytes: "bytes of memory at most", tokens_in: "prompt tokens", tokens_out: "generated tokens",
};

FIGURES.cost = {
  title: "Accuracy against cost",
  ask: "Cost",
  note: "Clean balanced accuracy against what an answer costs. Cost is as the submitter's machine measured it; nobody else's clock ran.",
  options: (data) => [...new Set(data.cost.flatMap(Object.keys))].sort(),
  nameOf: (cost) => COSTS[cost] ?? words(cost),
  draw(data, chosen, cost) {
    const points = chosen.map((e, k) => ({ e, k, x: data.cost[e][cost], y: data.accuracy[e] }))
      .filter((p) => p.x > 0 && p.y);
    const named = points.length <= 12 && innerWidth >= 700; // beside the points, where names have room
    const xs = points.map((p) => p.x);
    const middle = Math.sqrt(Math.min(...xs) * Math.max(...xs));
    return {
      traces: points.map(({ e, k, x, y }) => ({
        x: [x], y: [y[0]], name: titleOf(data.entries[e]), type: "scatter",
        mode: named ? "markers+text" : "markers", text: [titleOf(data.entries[e])],
        textposition: x > 2 * middle ? "middle left" : "middle right",
        showlegend: !named, cliponaxis: false, marker: { size: 10, color: colour(k) },
        error_y: y[1] === null ? undefined : {
          type: "data", symmetric: false, array: [y[2] - y[0]], arrayminus: [y[0] - y[1]], thickness: 1 } })),
      head: ["Detector", words(cost), "Balanced accuracy", "low", "high"],
      rows: points.map(({ e, x, y }) => [titleOf(data.entries[e]), x, ...y]),
      layout: { xaxis: { title: { text: COSTS[cost] ?? words(cost) }, type: "log", ...logTicks(xs) },
        yaxis: { title: { text: "balanced accuracy" } } } };
  },
};

const operationOf = (condition) => condition.split(":")[0];
const budgetOf = (condition) => {
  const [top, bottom] = (condition.split(":")[1] ?? "0").split("/").map(Number);
  return bottom ? top / bottom : top;
};

FIGURES.turned = {
  title: "Attack success",
  ask: "Operation",
  note: "Of the images judged right when clean, the share whose verdict an attack or a perturbation turns, over its budget or severity. Bars are 95 % intervals. Less is better.",
  options(data) {
    const later = (option) => !data.attacks.includes(option.split(", ")[0]);
    const all = new Set(data.turned.flat().map((p) => `${operationOf(p[0])}, ${p[1]}`));
    return [...all].sort((a, b) => later(a) - later(b) || a.localeCompare(b));
  },
  nameOf: (option) => option.replace(/, (.*)$/, (_, way) => `, ${words(way)}`),
  draw(data, chosen, option) {
    const [operation, direction] = option.split(", ");
    const fits = (p) => operationOf(p[0]) === operation && p[1] === direction;
    const rows = [];
    let drawn = 0; // lines that coincide stay visible: their dashes differ
    const traces = chosen.map((e, k) => {
      const mine = data.turned[e].filter(fits).sort((a, b) => budgetOf(a[0]) - budgetOf(b[0]));
      if (!mine.length) return null;
      for (const p of mine) rows.push([titleOf(data.entries[e]), p[0], ...p.slice(2)]);
      const banded = mine.every((p) => p[3] !== null);
      return {
        x: [0, ...mine.map((p) => budgetOf(p[0]))], y: [0, ...mine.map((p) => p[2])],
        text: ["clean", ...mine.map((p) => p[0])],
        name: titleOf(data.entries[e]), type: "scatter", mode: "lines+markers",
        line: { color: colour(k), width: 2, dash: DASHES[drawn++ % DASHES.length] },
        error_y: banded ? { type: "data", symmetric: false, thickness: 1,
          array: [0, ...mine.map((p) => p[4] - p[2])],
          arrayminus: [0, ...mine.map((p) => p[2] - p[3])] } : undefined };
    }).filter(Boolean);
    return { traces, rows, head: ["Detector", "Condition", "Turned", "low", "high"],
      layout: { xaxis: { title: { text: `${data.attacks.includes(operation) ? "budget" : "severity"} of ${operation}` },
        ...withClean(levelTicks(data, operation)) },
        yaxis: { title: { text: `share turned, ${words(direction)}` }, range: [-0.02, 1.04] } } };
  },
};

FIGURES.generators = {
  title: "By generator",
  note: "Share of each generator's images that are called right when clean; of photographs, the share called real. Dark is 0, yellow is 1.",
  draw(data, chosen) {
    const names = [...new Set(chosen.flatMap((e) => Object.keys(data.generators[e])))].sort();
    const rows = chosen.map((e) => names.map((n) => data.generators[e][n]?.[0] ?? null));
    return {
      traces: [heat(names.map(words), chosen.map((e) => titleOf(data.entries[e])), rows, "Viridis", 0, 1)],
      head: ["Detector", ...names.map(words)],
      rows: chosen.map((e, i) => [titleOf(data.entries[e]), ...rows[i]]),
      layout: heatLayout("generator"), height: heightOf(chosen.length) };
  },
};

FIGURES.beats = {
  title: "Who beats whom",
  note: "Difference of clean balanced accuracy, row less column. Green: the row is better; brown: worse. A dot marks differences beyond chance (paired clustered bootstrap, Holm over all pairs); without one, a difference may be chance.",
  draw(data, chosen) {
    const places = chosen.map((e) => data.ranked.indexOf(data.entries[e].slug));
    const kept = chosen.filter((_, i) => places[i] >= 0);
    const at = places.filter((p) => p >= 0);
    const names = kept.map((e) => titleOf(data.entries[e]));
    const z = at.map((i) => at.map((j) => data.difference[i][j]));
    const top = Math.max(0.1, ...z.flat().map(Math.abs)); // small differences stay pale
    const trace = heat(names, names, z, diverging(), -top, top);
    const dot = (i, j) => (data.beats[at[i]][at[j]] ? "●" : "");
    trace.text = z.map((row, i) => row.map((v, j) => (i === j ? ""
      : trace.texttemplate ? `${v.toFixed(2).replace(/^-(0\.00)$/, "$1")} ${dot(i, j)}` : dot(i, j))));
    trace.texttemplate = "%{text}";
    return { traces: [trace], head: ["row less column", ...names], rows: z.map((row, i) => [names[i], ...row]),
      layout: heatLayout(), height: heightOf(chosen.length) };
  },
};

const heatLayout = (title = "") => ({
  xaxis: { title: { text: title }, tickangle: innerWidth < 700 ? -60 : "auto", showgrid: false },
  yaxis: { autorange: "reversed", showgrid: false } });

/** Of a heat map: rows neither flat nor towering. */
const heightOf = (rows) => Math.min(900, 180 + 32 * rows);

function heat(x, y, z, colorscale, zmin, zmax) {
  return { type: "heatmap", x, y, z, colorscale, zmin, zmax, xgap: 1, ygap: 1,
    hovertemplate: "%{y}<br>%{x}<br>%{z:.3f}<extra></extra>",
    texttemplate: x.length <= 14 && innerWidth >= 700 ? "%{z:.2f}" : undefined,
    showscale: false };
}

FIGURES.reliability = {
  title: "Reliability",
  note: "Share of fakes among images that got about the same score, in bins of equal mass. On the diagonal, a score means what it says.",
  draw(data, chosen) {
    const traces = [{ x: [0, 1], y: [0, 1], mode: "lines", type: "scatter", name: "calibrated",
      line: { color: "#888", width: 1, dash: "dot" }, hoverinfo: "skip" }];
    const rows = [];
    chosen.forEach((e, k) => {
      const points = data.reliability[e];
      if (!points) return;
      const name = titleOf(data.entries[e]);
      traces.push({ x: points.map((p) => p[0]), y: points.map((p) => p[1]), name, type: "scatter",
        mode: "lines+markers", line: { color: colour(k), width: 2 } });
      for (const p of points) rows.push([name, ...p]);
    });
    return { traces, rows, head: ["Detector", "Mean score", "Share of fakes", "n"],
      layout: { xaxis: { title: { text: "mean score in bin" }, range: [-0.01, 1.01] },
        yaxis: { title: { text: "share of fakes" }, range: [-0.02, 1.02] } } };
  },
};

/** Recalls at a threshold, from the build's histograms of scores; `bin` is the threshold's place
    among the edges. The last count is of images without a score: wrong at every threshold. */
function operatingPoint([real, fake], bin) {
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  return [sum(fake.slice(bin, -1)) / sum(fake), sum(real.slice(0, bin)) / sum(real)];
}

FIGURES.roc = {
  title: "ROC and operating point",
  note: "Recalls and cost are computed in this page, from the build's histograms of clean scores in bins of 0.01, finer near 0 and 1, so to within one bin; the table has the exact figures at each detector's own threshold. Points mark the chosen threshold. Precision and cost are at the given share of fakes; cost is in false alarms.",
  draw(data, chosen, _, bin) {
    const traces = [{ x: [0, 1], y: [0, 1], mode: "lines", type: "scatter", name: "chance",
      line: { color: "#888", width: 1, dash: "dot" }, hoverinfo: "skip" }];
    const rows = [];
    chosen.forEach((e, k) => {
      const bins = data.bins[e];
      if (!bins) return;
      const name = titleOf(data.entries[e]);
      const points = data.edges.map((_edge, i) => operatingPoint(bins, i));
      traces.push({ x: points.map((p) => 1 - p[1]), y: points.map((p) => p[0]), name,
        legendgroup: name, type: "scatter", mode: "lines", line: { color: colour(k), width: 2 } });
      const [caught, cleared] = points[bin];
      traces.push({ x: [1 - cleared], y: [caught], type: "scatter", mode: "markers", legendgroup: name,
        showlegend: false, name, marker: { color: colour(k), size: 11 } });
      rows.push([name, caught, cleared, (caught + cleared) / 2]);
    });
    return { traces, rows, head: ["Detector", "Recall fake", "Recall real", "Balanced accuracy"],
      layout: { xaxis: { title: { text: "share of real images called fake" }, range: [-0.01, 1.01] },
        yaxis: { title: { text: "share of fakes caught" }, range: [-0.02, 1.02] } } };
  },
};

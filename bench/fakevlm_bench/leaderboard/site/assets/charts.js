// Charts: one at a time; plotly is loaded when the first is wanted.
"use strict";
(() => {
  const data = DATA.get("charts");
  const defaults = { chart: "severity", option: "", d: "", t: "0.5", ratio: "1", share: "0.1" };
  let state = { ...defaults, ...State.read() };
  const SHOWN = 6;

  const names = Object.keys(FIGURES).filter((name) => {
    const { options } = FIGURES[name];
    return !options || options(data).length;
  });
  if (!names.includes(state.chart)) state.chart = names[0];

  function chosen() {
    const wanted = state.d.split(",").filter(Boolean);
    const all = data.entries.map((_, index) => index);
    if (wanted.length) return all.filter((i) => wanted.includes(data.entries[i].slug));
    const ranked = all.filter((i) => !data.entries[i].floor);
    return ["beats", "generators"].includes(state.chart) ? ranked.slice(0, 30) : ranked.slice(0, SHOWN);
  }

  function themed(layout, height) {
    const style = getComputedStyle(document.documentElement);
    const [ink, line] = ["--ink", "--line"].map((name) => style.getPropertyValue(name).trim());
    const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true };
    const narrow = innerWidth < 700;
    return {
      ...layout, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: ink, family: style.fontFamily, size: 12 },
      height: height ?? (narrow ? 420 : 500),
      margin: { l: 56, r: 12, t: 12, b: 48 }, hovermode: "closest", showlegend: true,
      xaxis: { ...axis, ...layout.xaxis }, yaxis: { ...axis, ...layout.yaxis },
      legend: narrow ? { orientation: "h", y: -0.25 } : { orientation: "v" } };
  }

  function tableOf(head, rows) {
    const show = (v) => (typeof v === "number" ? number(v) : v ?? "–");
    const cells = (row) => row.map((v, i) => (i === 0
      ? element("th", { scope: "row" }, ...String(v).split(/(?<=_)/).flatMap((part) => [part, element("wbr")]))
      : element("td", { class: "num", textContent: show(v) })));
    return element("table", { class: "small" },
      element("thead", {}, element("tr", {}, ...head.map((h, i) =>
        element("th", { scope: "col", class: i ? "num" : "", textContent: h })))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells(row)))));
  }

  function operating(rows) {
    const [ratio, share] = [Number(state.ratio), Number(state.share)];
    byId("threshold-value").textContent = state.t;
    byId("threshold").setAttribute("aria-valuetext", state.t);
    const costs = rows.map((r) => {
      const [caught, alarms] = [share * r[1], (1 - share) * (1 - r[2])];
      const precise = caught + alarms > 0 ? caught / (caught + alarms) : null;
      return [...r, precise, ratio * (share - caught) + alarms];
    });
    const table = tableOf(["Detector", "Recall fake", "Recall real", "Balanced accuracy",
      "Precision", "Cost per image"], costs);
    byId("operating-table").replaceChildren(element("div", {
      class: "scroll", role: "region", "aria-label": "At this threshold", tabIndex: 0 }, table));
  }

  /** The place of a threshold, or of the nearest one, among the edges of the build's bins. */
  function edgeOf(threshold) {
    const off = data.edges.map((edge) => Math.abs(edge - Number(threshold)));
    return off.indexOf(Math.min(...off.filter((d) => !Number.isNaN(d))));
  }

  async function draw() {
    const figure = FIGURES[state.chart];
    const options = figure.options ? figure.options(data) : [];
    const option = options.includes(state.option) ? state.option : options[0];
    byId("chart-title").textContent = figure.title;
    byId("chart-note").textContent = figure.note;
    const roc = state.chart === "roc";
    byId("operating").hidden = !roc;
    byId("operating-table").hidden = !roc;
    const { traces, layout, height, head, rows } = figure.draw(data, chosen(), option, edgeOf(state.t));
    if (roc) operating(rows);
    byId("numbers-table").replaceChildren(tableOf(head, rows));
    await load(`${ROOT}vendor/plotly/plotly-cartesian.min.js`, "plotly");
    const made = themed(layout, height);
    byId("plot").style.height = `${made.height}px`; // resizing takes the height from here
    await Plotly.react(byId("plot"), traces, made, { displayModeBar: false, responsive: true });
    byId("plot").dataset.drawn = state.chart;
  }

  function chooseOption() {
    const { options } = FIGURES[state.chart];
    byId("option")?.parentElement.remove();
    if (!options) return;
    const select = element("select", { id: "option" });
    const { nameOf = (o) => o } = FIGURES[state.chart];
    fillSelect(select, options(data).map((o) => [o, nameOf(o)]));
    if (options(data).includes(state.option)) select.value = state.option;
    select.addEventListener("input", () => update({ option: select.value }));
    byId("chart").parentElement.after(element("label", {}, `${FIGURES[state.chart].ask} `, select));
  }

  function update(change) {
    state = { ...state, ...change };
    State.write(state, defaults);
    draw();
  }

  function controls() {
    fillSelect(byId("chart"), names.map((name) => [name, FIGURES[name].title]));
    byId("chart").value = state.chart;
    byId("chart").addEventListener("input", () => {
      state.chart = byId("chart").value;
      chooseOption();
      boxes();
      update({ option: "" });
    });
    if (edgeOf(state.t) < 0) state.t = defaults.t;
    byId("threshold").max = data.edges.length - 1;
    byId("threshold").value = edgeOf(state.t);
    state.t = String(data.edges[edgeOf(state.t)]);
    byId("threshold").addEventListener("input", () => update({ t: String(data.edges[byId("threshold").value]) }));
    for (const [id, name] of [["ratio", "ratio"], ["prevalence", "share"]]) {
      byId(id).value = state[name];
      byId(id).addEventListener("input", () => update({ [name]: byId(id).value }));
    }
    for (const form of document.forms) form.addEventListener("submit", (e) => e.preventDefault());
    byId("detectors").addEventListener("change", () => {
      const on = [...byId("detectors").querySelectorAll("input:checked")].map((box) => box.value);
      update({ d: on.join(",") });
    });
    byId("chooser").addEventListener("toggle", boxes);
    document.addEventListener("themechange", draw);
  }

  function boxes() {
    if (!byId("chooser").open) return;
    const on = new Set(chosen());
    byId("detectors").replaceChildren(...data.entries.map((entry, i) =>
      element("label", { class: "check" },
        element("input", { type: "checkbox", value: entry.slug, checked: on.has(i) }),
        titleOf(entry))));
  }

  controls();
  chooseOption();
  draw();
  window.addEventListener("hashchange", () => location.reload());
})();

// The table: sorting, filtering, choice of columns; all state is kept in the URL.
"use strict";
(() => {
  const { columns, entries, values, formulas } = DATA.get("table");
  const FIRST = 30;
  // A phone has room for three figures beside the names.
  const NARROW = innerWidth < 700;
  const ROOM = NARROW ? 3 : Infinity;
  const AT_FIRST = new Set(columns.filter((c) => c.on).slice(0, ROOM).map((c) => c.id));
  const SIZES = [
    ["", "any"], ["s", "under 10 M"], ["m", "10 M to 1 B"], ["l", "1 B and more"],
    ["n", "not stated"]];
  const SECTIONS = { ranked: "", withdrawn: "Withdrawn", floor: "Floors: answers given without looking at the image" };
  const defaults = {
    q: "", track: "", family: "", licence: "", size: "", ci: "", sort: "rank", history: "",
    cols: [...AT_FIRST].join(","),
  };
  let state = { ...defaults, ...State.read() };
  let limit = FIRST;
  let cache = { choice: "", rows: new Map() };
  const bySlug = new Map(entries.map((entry) => [entry.slug, entry]));

  entries.forEach((entry, row) => {
    entry.row = row;
    entry.text = [entry.name, entry.version, entry.slug, entry.family, entry.licence, entry.track]
      .join(" ").toLowerCase();
    const n = entry.parameters;
    entry.size = n === null ? "n" : n < 1e7 ? "s" : n < 1e9 ? "m" : "l";
  });
  // Bars of one figure share a scale over all conditions, so that columns can be compared.
  const scales = new Map();
  const figureOf = (column) => columns[column].id.split("/").slice(-1)[0];
  const formulaOf = (column) => formulas[columns[column].id] ?? formulas[figureOf(column)] ?? "";
  const better = (column) => `${columns[column].down ? "higher" : "lower"} is better`;

  function setScales() {
    scales.clear();
    values.forEach(([value, below, above], i) => {
      const { unit } = columns[i];
      let [low, high] = scales.get(figureOf(i)) ?? [Infinity, -Infinity];
      value.forEach((v, k) => {
        if (v === null) return;
        low = Math.min(low, (v - (below[k] ?? 0)) * unit);
        high = Math.max(high, (v + (above[k] ?? 0)) * unit);
      });
      scales.set(figureOf(i), [low, high]);
    });
    for (const [name, [low, high]] of scales) {
      const step = (low >= 0 && high <= 1 ? 0.1 : (high - low) / 10) || 1;
      scales.set(name, [Math.floor(low / step) * step, Math.ceil(high / step) * step || 1]);
    }
  }

  /** Most readers never choose the further columns; their values are loaded when one does. */
  async function loadWanted() {
    const wanted = [...chosenColumns(), columns.findIndex((c) => c.id === state.sort.replace("-", ""))];
    if (wanted.every((i) => i < values.length)) return;
    values.push(...await load(`${BASE}table-rest.js`, "rest"));
    setScales();
  }

  function chosenColumns() {
    const wanted = state.cols.split(",");
    return [...columns.keys()].filter((i) => wanted.includes(columns[i].id));
  }

  function visible(entry) {
    return (!state.q || state.q.toLowerCase().split(/\s+/).every((w) => entry.text.includes(w)))
      && (!state.track || entry.track === state.track)
      && (!state.family || entry.family === state.family)
      && (!state.licence || entry.licence === state.licence)
      && (!state.size || entry.size === state.size);
  }

  function sorted(rows) {
    const down = state.sort.startsWith("-");
    const by = down ? state.sort.slice(1) : state.sort;
    if (by === "rank") return down ? rows.toReversed() : rows;
    if (by === "name") {
      const order = [...rows].sort((a, b) => a.name.localeCompare(b.name));
      return down ? order.reverse() : order;
    }
    const column = columns.findIndex((c) => c.id === by);
    if (column < 0) return rows;
    const of = values[column][0];
    return [...rows].sort((a, b) => {
      const x = of[a.row], y = of[b.row];
      if (x === null || y === null) return (x === null) - (y === null);
      return down ? y - x : x - y;
    });
  }

  function header(name, label, title, numeric, falling) {
    const down = state.sort === `-${name}`, up = state.sort === name;
    const button = element("button", { type: "button", title, "data-sort": name }, label);
    button.dataset.first = falling ? `-${name}` : name;
    return element("th", {
      scope: "col", class: numeric ? "num" : "",
      "aria-sort": down ? "descending" : up ? "ascending" : undefined,
    }, button);
  }

  function head() {
    const cells = [
      header("rank", "Rank", "by clean balanced accuracy", true, false),
      header("name", "Detector", "by name", false, false),
      ...chosenColumns().map((i) => {
        const c = columns[i];
        const cell = header(c.id, c.label, `${c.id}: ${formulaOf(i)} (${better(i)})`, true, c.down);
        if (c.group !== "clean") cell.firstChild.append(element("small", { textContent: c.group }));
        return cell;
      }),
      ...(NARROW ? [] : [element("th", { scope: "col", class: "marks", textContent: "Marks" })])];
    byId("board").tHead.replaceChildren(element("tr", {}, ...cells));
  }

  function figure(column, row) {
    const [value, below, above] = values[column].map(
      (part) => (part[row] === null ? null : part[row] * columns[column].unit));
    if (value === null) return element("td", { class: "num absent", textContent: "–" });
    const small = value !== 0 && Math.abs(value) < 0.001; // three places, as everything beside it
    const cell = element("td", { class: "num", textContent: small ? value.toFixed(3) : number(value) });
    if (small) cell.title = number(value);
    if (below === null || above === null) return cell;
    const text = `[${number(value - below)}, ${number(value + above)}]`;
    cell.title = `${number(value)} ${text}`;
    const [low, high] = scales.get(figureOf(column));
    const at = (v) => String(Math.round(1000 * (v - low) / (high - low)) / 10);
    cell.classList.add("bar");
    cell.style.cssText = `--a:${at(value - below)};--v:${at(value)};--b:${at(value + above)}`;
    if (state.ci) cell.append(element("small", { textContent: text }));
    return cell;
  }

  function rowOf(entry, chosen) {
    const rank = element("td", { class: "num rank" });
    if (entry.rank) {
      const [place, low, high] = entry.rank;
      rank.append(String(place));
      rank.title = `tie group ${entry.tie}`;
      if (low !== high) rank.append(element("small", { textContent: `${low}–${high}` }));
    }
    const link = element("a", { href: `${BASE}detectors/${entry.slug}.html`, textContent: entry.name });
    const name = element("th", { scope: "row" }, link,
      element("small", { textContent: ` ${entry.version}` }));
    if (entry.earlier) {
      const count = entry.earlier.length;
      name.append(element("button", { type: "button", class: "history", "data-history": entry.slug },
        `${count} earlier version${count === 1 ? "" : "s"}`));
    }
    const tie = entry.tie ? `tie tie${entry.tie % 2}` : "";
    return withFigures(element("tr", { class: tie }, rank, name), name, entry, chosen);
  }

  /** A row of an earlier version: without a rank, named by version and date. */
  function earlierRow(entry, chosen) {
    const link = element("a", {
      href: `${BASE}detectors/${entry.slug}.html`, textContent: `version ${entry.version || "not stated"}` });
    const name = element("th", { scope: "row" }, link, element("small", { textContent: ` ${entry.date}` }));
    return withFigures(element("tr", { class: "earlier" }, element("td", { class: "rank" }), name),
      name, entry, chosen);
  }

  function withFigures(row, name, entry, chosen) {
    // A phone has no column for marks: those that say something stand under the name.
    const marks = element(NARROW ? "div" : "td", { class: `marks ${entry.mark}` });
    if (!NARROW || entry.mark !== "recomputed") marks.append(element("span", { textContent: entry.mark }));
    if (entry.flags.length) {
      marks.append(element("span", { class: "badge flagged", textContent: "flagged" }));
    }
    const remarks = [...entry.notes, ...entry.flags].join("; ");
    if (remarks && !NARROW) marks.append(element("small", { textContent: remarks }));
    if (NARROW) name.append(marks);
    row.append(...chosen.map((i) => figure(i, entry.row)), ...(NARROW ? [] : [marks]));
    return row;
  }

  const opened = () => state.history.split(",").filter(Boolean);

  /** Rows are built once for a choice of columns; sorting and filtering move them. */
  function cachedRow(entry, chosen) {
    const choice = `${state.ci}:${chosen}`;
    if (cache.choice !== choice) cache = { choice, rows: new Map() };
    if (!cache.rows.has(entry.row)) {
      const build = entry.section === "earlier" ? earlierRow : rowOf;
      cache.rows.set(entry.row, build(entry, chosen));
    }
    return cache.rows.get(entry.row);
  }

  /** An entry's row and, where a reader opened its history, those of its earlier versions. */
  function rowsOf(entry, chosen) {
    const row = cachedRow(entry, chosen);
    if (!entry.earlier) return [row];
    const open = opened().includes(entry.slug);
    row.querySelector(".history").setAttribute("aria-expanded", String(open));
    return open ? [row, ...entry.earlier.map((slug) => cachedRow(bySlug.get(slug), chosen))] : [row];
  }

  function body(section, rows, chosen) {
    const part = element("tbody", { class: section });
    if (SECTIONS[section]) {
      part.append(element("tr", { class: "section" }, element("th", {
        colSpan: chosen.length + (NARROW ? 2 : 3), scope: "rowgroup", textContent: SECTIONS[section] })));
    }
    const byRank = state.sort === "rank";
    let last = null;
    for (const entry of rows) {
      const [row, ...earlier] = rowsOf(entry, chosen);
      row.classList.toggle("group", byRank && last !== null && entry.tie !== last);
      last = entry.tie ?? null;
      part.append(row, ...earlier);
    }
    return part;
  }

  function render() {
    head();
    const chosen = chosenColumns();
    const bodies = [];
    let ranked = 0, shown = 0, left = 0;
    for (const section of Object.keys(SECTIONS)) {
      const all = entries.filter((e) => e.section === section);
      const rows = sorted(all.filter(visible));
      const part = rows.slice(0, section === "ranked" ? limit : undefined);
      if (section === "ranked") [ranked, shown, left] = [all.length, rows.length, rows.length - part.length];
      if (part.length) bodies.push(body(section, part, chosen));
    }
    if (!bodies.length) {
      bodies.push(element("tbody", {}, element("tr", {}, element("td", {
        colSpan: chosen.length + (NARROW ? 2 : 3), class: "absent", textContent: "No detector matches: change the search or the filters." }))));
    }
    const table = byId("board");
    for (const old of [...table.tBodies]) old.remove();
    table.append(...bodies);
    byId("count").textContent = shown === ranked
      ? `${ranked} detectors` : `${shown} of ${ranked} detectors`;
    explain(chosen);
    byId("more").hidden = left <= 0;
    byId("more").textContent = `Show ${Math.min(left, 40)} more of ${left}`;
  }

  /** Say what the chosen columns are, where a reader has asked for it. */
  function explain(chosen) {
    if (!byId("meanings").open) return;
    byId("meanings").querySelector("dl").replaceChildren(...chosen.flatMap((i) => [
      element("dt", { textContent: `${columns[i].label}, ${columns[i].group}` }),
      element("dd", { textContent: [formulaOf(i), better(i)].filter(Boolean).join("; ") })]));
  }

  async function update(change) {
    state = { ...state, ...change };
    State.write(state, defaults);
    await loadWanted();
    render();
  }

  function controls() {
    for (const id of ["track", "family", "licence"]) {
      const options = [...new Set(entries.map((e) => e[id]))].sort();
      fillSelect(byId(id), [["", "any"], ...options.map((o) => [o, words(o)])]);
    }
    fillSelect(byId("size"), SIZES);
    for (const id of ["q", "track", "family", "licence", "size"]) {
      byId(id).value = state[id];
      byId(id).addEventListener("input", () => {
        limit = FIRST;
        update({ [id]: byId(id).value });
      });
    }
    byId("ci").checked = state.ci === "1";
    byId("ci").addEventListener("change", () => update({ ci: byId("ci").checked ? "1" : "" }));
    byId("chooser").addEventListener("toggle", chooser, { once: true });
    byId("meanings").addEventListener("toggle", () => explain(chosenColumns()));
    byId("controls").addEventListener("submit", (event) => event.preventDefault());
    byId("controls").addEventListener("reset", () => {
      limit = FIRST;
      update(defaults);
      document.querySelectorAll("#columns input").forEach((box) => {
        box.checked = AT_FIRST.has(columns[Number(box.value)].id);
      });
    });
    byId("board").tHead.addEventListener("click", async (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const { sort, first } = button.dataset;
      const other = first === sort ? `-${sort}` : sort;
      await update({ sort: state.sort === first ? other : first });
      byId("board").tHead.querySelector(`[data-sort="${CSS.escape(sort)}"]`).focus();
    });
    byId("board").addEventListener("click", async (event) => {
      const slug = event.target.closest("[data-history]")?.dataset.history;
      if (!slug) return;
      const open = opened();
      const left = open.filter((one) => one !== slug);
      await update({ history: (left.length < open.length ? left : [...open, slug]).join(",") });
      byId("board").querySelector(`[data-history="${CSS.escape(slug)}"]`).focus();
    });
    byId("more").addEventListener("click", () => {
      limit += 40;
      render();
    });
  }

  /** Checkboxes of all figures, made when they are first wanted. */
  function chooser() {
    const groups = Map.groupBy(columns.map((c, i) => ({ ...c, i })), (c) => c.group);
    const on = new Set(chosenColumns());
    for (const [group, members] of groups) {
      const boxes = members.map((c) => element("label", { class: "check", title: c.id },
        element("input", { type: "checkbox", value: String(c.i), checked: on.has(c.i) }), c.label));
      byId("columns").append(element("fieldset", {},
        element("legend", { textContent: group }), ...boxes));
    }
    byId("columns").addEventListener("change", () => {
      const boxes = [...byId("columns").querySelectorAll("input:checked")];
      update({ cols: boxes.map((box) => columns[Number(box.value)].id).join(",") });
    });
  }

  setScales();
  controls();
  loadWanted().then(render);
  window.addEventListener("hashchange", () => {
    state = { ...defaults, ...State.read() };
    for (const id of ["q", "track", "family", "licence", "size"]) byId(id).value = state[id];
    byId("ci").checked = state.ci === "1";
    loadWanted().then(render);
  });
  window.addEventListener("beforeprint", () => {
    limit = Infinity;
    render();
  });
})();

// Samples: two detectors side by side, filters over all samples, details of the first ones.
"use strict";
(() => {
  const index = DATA.get("samples");
  const PAGE = 48;
  const VERDICTS = ["real", "fake", "unparsed", "failed"];
  const LABELS = ["real", "fake"];
  const detectors = index.detectors;
  const defaults = {
    a: detectors[0].slug, b: (detectors[1] ?? detectors[0]).slug, condition: "clean", filter: "",
    label: "", family: "", q: "", page: "0", open: "", opacity: "60", layer: "heat" };
  let state = { ...defaults, ...State.read() };
  let matching = [];
  const sides = { a: null, b: null };

  const FILTERS = {
    "": ["all samples", () => true],
    differ: ["the two disagree", (i, a, b) => a.verdict(i) !== b.verdict(i)],
    both: ["both are wrong", (i, a, b) => !a.right(i) && !b.right(i)],
    wrong: ["the first is wrong", (i, a) => !a.right(i)],
    unparsed: ["the first is unparsed or failed", (i, a) => a.verdict(i) > 1],
    falls: ["the first falls", (i, a) => a.right(i, "clean") && !a.right(i)],
    rises: ["the first rises", (i, a) => !a.right(i, "clean") && a.right(i)],
  };

  const labelOf = (condition) => {
    const what = index.settings[index.conditions.indexOf(condition)];
    return what ? `${condition} (${what})` : condition;
  };

  /** One detector's answers to all samples. */
  function side(detector, answers) {
    const scores = {};
    const here = () => (answers[state.condition] ? state.condition : "clean");
    const verdict = (i, condition = here()) => Number(answers[condition][0][i]);
    return {
      detector, here, verdict,
      has: (condition) => condition in answers,
      right: (i, condition = here()) => String(verdict(i, condition)) === index.label[i],
      score(i, condition = here()) {
        scores[condition] ??= bytesOf(answers[condition][1]);
        return scores[condition][i] === 255 ? null : scores[condition][i] / 250;
      },
    };
  }

  const find = (slug) => detectors.find((d) => d.slug === slug) ?? detectors[0];
  const answersOf = (slug) => load(`${BASE}samples/answers/${slug}.js`, `answers/${slug}`);

  async function choose() {
    for (const name of ["a", "b"]) {
      const detector = find(state[name]);
      sides[name] = side(detector, await answersOf(detector.slug));
    }
    forget(new Set([`answers/${sides.a.detector.slug}`, `answers/${sides.b.detector.slug}`]));
    filter();
  }

  function filter() {
    const [, wanted] = FILTERS[state.filter] ?? FILTERS[""];
    const { names, codes } = index.family;
    matching = [];
    for (let i = 0; i < index.ids.length; i += 1) {
      if ((!state.label || index.label[i] === state.label)
        && (!state.family || names[codes[i]] === state.family)
        && (!state.q || index.ids[i].includes(state.q))
        && wanted(i, sides.a, sides.b)) matching.push(i);
    }
    const pages = Math.max(1, Math.ceil(matching.length / PAGE));
    state.page = String(Math.min(Math.max(0, Number(state.page) || 0), pages - 1));
    byId("count").textContent =
      `${matching.length.toLocaleString("en-US")} of ${index.ids.length.toLocaleString("en-US")} samples`
      + (index.detailed < index.ids.length ? `; pictures and explanations of the first ${index.detailed}` : "");
    byId("condition").value = state.condition;
    byId("filter").value = ["falls", "rises"].includes(state.filter)
      ? `${state.filter}|${state.condition}` : state.filter;
    byId("page").textContent = `page ${Number(state.page) + 1} of ${pages}`;
    byId("previous").disabled = state.page === "0";
    byId("next").disabled = Number(state.page) >= pages - 1;
    list();
    show();
  }

  function picture(i, condition, alt) {
    const number = index.conditions.indexOf(condition);
    const known = index.pictures[i];
    if (!known) return null;
    const taken = known[number] === "1" ? number : index.conditions.indexOf("clean");
    if (known[taken] !== "1") return null;
    return element("img", {
      src: `${BASE}samples/pictures/${taken}/${i}.webp`, alt, loading: "lazy", decoding: "async" });
  }

  const carries = (of, i, condition) => of.detector.attacked?.[condition]?.includes(i) ?? false;

  /** The attacked image that a detector's submission carries. */
  function attackedPicture(of, i, condition, alt) {
    const path = `${of.detector.slug}/${index.conditions.indexOf(condition)}/${i}.webp`;
    return element("img", { src: `${BASE}samples/attacked/${path}`, alt, loading: "lazy", decoding: "async" });
  }

  function list() {
    const start = Number(state.page) * PAGE;
    byId("none").hidden = matching.length > 0;
    byId("list").replaceChildren(...matching.slice(start, start + PAGE).map((i) => {
      const marks = ["a", "b"].map((s, k) => verdictMark(sides[s], i, sides[s].here(), k));
      const face = picture(i, state.condition, "") ?? element("span", { class: "blank", textContent: index.ids[i] });
      return element("li", {}, element("button", {
        type: "button", "data-sample": String(i), "aria-pressed": String(state.open === index.ids[i]),
        "aria-label": `${index.ids[i]}, ${LABELS[index.label[i]]}` },
      face, element("span", { class: `truth ${LABELS[index.label[i]]}`, textContent: LABELS[index.label[i]] }),
      ...marks));
    }));
  }

  async function show() {
    const panel = byId("open");
    const i = index.ids.indexOf(state.open);
    panel.hidden = i < 0;
    if (i < 0) return;
    const chunk = Math.floor(i / index.chunk);
    const detailed = i < index.detailed;
    let truth = null;
    const details = [];
    if (detailed) {
      const wanted = ["a", "b"].map((s) => sides[s].detector.slug);
      truth = (await load(`${BASE}samples/truth/${chunk}.js`, `truth/${chunk}`))[i % index.chunk];
      for (const slug of wanted) {
        const key = `details/${slug}/${chunk}`;
        details.push((await load(`${BASE}samples/${key}.js`, key))[i % index.chunk]);
      }
      forget(new Set([`truth/${chunk}`, ...wanted.flatMap((s) => [`details/${s}/${chunk}`, `answers/${s}`])]));
    }
    if (state.open !== index.ids[i]) return;
    panel.replaceChildren(...heading(i, truth), strip(i), element("div", { class: "sides" },
      truthSide(i, truth), ...["a", "b"].map((s, k) => answerSide(i, sides[s], details[k], details[1 - k], k))));
  }

  function heading(i, truth) {
    const facts = [LABELS[index.label[i]], words(index.family.names[index.family.codes[i]]),
      index.category.names[index.category.codes[i]], truth && truth.group ? `source ${truth.group}` : ""];
    const layer = element("select", { id: "layer" });
    fillSelect(layer, [["heat", "heat map"], ["mask", "mask"], ["none", "nothing"]]);
    layer.value = state.layer;
    layer.addEventListener("input", () => update({ layer: layer.value }, show));
    const opacity = element("input", { type: "range", id: "opacity", min: "0", max: "100" });
    opacity.value = state.opacity;
    opacity.addEventListener("input", () => {
      state.opacity = opacity.value;
      State.write(state, defaults);
      byId("open").style.setProperty("--opacity", Number(state.opacity) / 100);
    });
    byId("open").style.setProperty("--opacity", Number(state.opacity) / 100);
    const close = element("button", { type: "button", textContent: "Close" });
    close.addEventListener("click", () => update({ open: "" }, () => { list(); show(); }));
    return [
      element("h2", { textContent: index.ids[i] }),
      element("p", { class: "note", textContent: [...new Set(facts.filter(Boolean))].join(" · ") }),
      element("div", { class: "controls" }, element("label", {}, "Overlay ", layer),
        element("label", {}, "Opacity ", opacity), close)];
  }

  const hasOwn = (i, condition) => index.pictures[i]?.[index.conditions.indexOf(condition)] === "1";

  /** Right or wrong, and the verdict; the number says whose: the first's or the second's. */
  function verdictMark(of, i, condition, k) {
    const whose = element("span", { class: "whose", textContent: `${k + 1} ` });
    if (!of.has(condition)) return element("span", { class: "note" }, whose, "not run");
    const right = of.right(i, condition);
    return element("span", { class: right ? "right" : "wrong" }, whose,
      `${right ? "✓" : "✗"} ${VERDICTS[of.verdict(i, condition)]}`);
  }

  /** The sample condition by condition: what it looked like, and what the two said. */
  function strip(i) {
    const faces = index.conditions.map((condition) => {
      const whose = [sides.a, sides.b].find((of) => carries(of, i, condition));
      const button = element("button", {
        type: "button", "aria-pressed": String(condition === state.condition), title: labelOf(condition) },
      (hasOwn(i, condition) && picture(i, condition, "")) || (whose && attackedPicture(whose, i, condition, "")) || element("span", { class: "blank", textContent: "not in a submission" }),
      element("span", { textContent: condition }), ...["a", "b"].map((s, k) => verdictMark(sides[s], i, condition, k)));
      button.addEventListener("click", () => update({ condition }, filter));
      return element("li", {}, button);
    });
    return element("ul", { class: "strip", "aria-label": "Conditions" }, ...faces);
  }

  function stack(i, layers, alt, of) {
    const sent = of && carries(of, i, state.condition);
    const face = sent ? attackedPicture(of, i, state.condition, alt) : picture(i, state.condition, alt);
    if (!face) return element("p", { class: "note", textContent: "There is no picture of this one." });
    const made = element("div", { class: "stack" }, face, ...layers.filter(Boolean));
    if (!sent && hasOwn(i, state.condition)) return made;
    const told = sent ? "The attacked image, from the submission; no figure comes from it."
      : `The clean image: ${state.condition} makes another one for each detector${of ? ", and this submission does not carry it" : ""}.`;
    return element("div", {}, made, element("p", { class: "note", textContent: told }));
  }

  function truthSide(i, truth) {
    const mask = truth?.masks[index.conditions.indexOf(state.condition)];
    const drawn = mask && state.layer !== "none" ? maskCanvas(mask, [0, 160, 120]) : null;
    return element("section", {}, element("h3", { textContent: "Truth" }),
      stack(i, [drawn], `${index.ids[i]} under ${state.condition}`),
      element("p", {}, element("strong", { class: LABELS[index.label[i]], textContent: LABELS[index.label[i]] }),
        mask ? " with its true region" : ""),
      ...(truth?.references ?? []).slice(0, 1).map((t) => element("p", { class: "words", textContent: t })));
  }

  function answerSide(i, of, detail, other, k) {
    const said = VERDICTS[of.verdict(i)];
    const score = of.score(i);
    const mine = detail?.[state.condition] ?? {};
    const layers = [
      state.layer === "heat" && mine.heat ? heatCanvas(mine.heat) : null,
      mine.mask && (state.layer === "mask" || (state.layer === "heat" && !mine.heat))
        ? maskCanvas(mine.mask, [230, 60, 30]) : null];
    const theirs = other?.[state.condition]?.text;
    const text = element("p", { class: "words" });
    if (mine.text) text.append(...(theirs ? marked(mine.text, theirs) : [mine.text]));
    else {
      const why = detail ? "No explanation was given." : `Explanations and maps are published for the first ${index.detailed} samples only.`;
      text.append(element("span", { class: "note", textContent: why }));
    }
    const legend = mine.text && theirs ? element("p", {
      class: "note" }, element("mark", { textContent: "Marked" }), ": words that the other answer lacks at this place.") : "";
    const heat = layers[0] ? element("p", {
      class: "note", textContent: `Full red is the map's highest value: ${(strongest(mine.heat) / 255).toFixed(2)} of 1.` }) : "";
    const absent = of.has(state.condition) ? "" : ` (not run under ${state.condition}; this is clean)`;
    return element("section", {}, element("h3", {}, element("span", { class: "whose", textContent: `${k + 1} ` }),
      `${of.detector.name} ${of.detector.version}`),
      stack(i, layers, `${index.ids[i]}, seen by ${of.detector.name}`, of),
      element("p", {}, element("strong", { class: said, textContent: said }),
        ` ${of.right(i) ? "✓" : "✗"}`, score === null ? "" : ` score ${score.toFixed(2)}`, absent), heat, text, legend);
  }

  function update(change, then) {
    state = { ...state, ...change };
    State.write(state, defaults);
    then();
  }

  /** Falling and rising are from clean to a condition, so choosing one chooses the other. */
  function filterOptions() {
    const plain = Object.entries(FILTERS).filter(([id]) => id !== "falls" && id !== "rises");
    const moved = index.conditions.filter((c) => c !== "clean").flatMap((c) => [
      [`falls|${c}`, `the first falls at ${labelOf(c)}`],
      [`rises|${c}`, `the first is right only at ${labelOf(c)}`]]);
    return [...plain.map(([id, [label]]) => [id, label]), ...moved.sort()];
  }

  function controls() {
    const options = detectors.map((d) => [d.slug, `${d.name} ${d.version}`]);
    fillSelect(byId("a"), options);
    fillSelect(byId("b"), options);
    fillSelect(byId("condition"), index.conditions.map((c) => [c, labelOf(c)]));
    fillSelect(byId("filter"), filterOptions());
    fillSelect(byId("label"), [["", "any"], ["0", "real"], ["1", "fake"]]);
    fillSelect(byId("family"), [["", "any"], ...index.family.names.map((n) => [n, words(n)])]);
    for (const id of ["a", "b", "condition", "label", "family", "q"]) {
      byId(id).value = state[id];
      const reload = id === "a" || id === "b" ? choose : filter;
      byId(id).addEventListener("input", () => update({ [id]: byId(id).value, page: "0" }, reload));
    }
    byId("filter").addEventListener("input", () => {
      const [chosen, condition] = byId("filter").value.split("|");
      update({ filter: chosen, condition: condition ?? state.condition, page: "0" }, filter);
    });
    byId("controls").addEventListener("submit", (event) => event.preventDefault());
    const turn = (step) => update({ page: String(Number(state.page) + step) }, filter);
    byId("previous").addEventListener("click", () => turn(-1));
    byId("next").addEventListener("click", () => turn(1));
    byId("list").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      update({ open: index.ids[Number(button.dataset.sample)] }, async () => {
        await show();
        list();
        byId("open").focus();
        byId("open").scrollIntoView({ block: "start" });
      });
    });
  }

  controls();
  choose();
  window.addEventListener("hashchange", () => location.reload());
})();

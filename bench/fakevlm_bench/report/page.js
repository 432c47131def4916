"use strict";
(() => {
  const root = document.documentElement;
  const plots = [...document.querySelectorAll(".plot")];
  const options = { displayModeBar: false, responsive: true };

  function paper() {
    const style = getComputedStyle(root);
    const ink = style.getPropertyValue("--ink").trim();
    const line = style.getPropertyValue("--line").trim();
    const axis = { gridcolor: line, linecolor: line, tickcolor: line };
    return {
      "font.color": ink, "font.family": getComputedStyle(document.body).fontFamily,
      "font.size": 12,
      ...Object.fromEntries(["xaxis", "yaxis"].flatMap((name) =>
        Object.entries(axis).map(([key, value]) => [`${name}.${key}`, value]))),
      "hoverlabel.bgcolor": style.getPropertyValue("--raised").trim(),
      "hoverlabel.font.color": ink,
    };
  }

  function set(layout, changes) {
    for (const [path, value] of Object.entries(changes)) {
      const keys = path.split("."), last = keys.pop();
      keys.reduce((node, key) => (node[key] ??= {}), layout)[last] = value;
    }
  }

  function draw(div) {
    const { data, layout } = JSON.parse(div.firstElementChild.textContent);
    set(layout, paper());
    div.replaceChildren();
    Plotly.newPlot(div, data, layout, options);
    div.drawn = true;
  }

  for (const div of plots) div.style.minHeight = `${div.dataset.height}px`;
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting && !entry.target.drawn) {
        seen.unobserve(entry.target);
        draw(entry.target);
      }
    }
  }, { rootMargin: "600px" });
  for (const div of plots) seen.observe(div);
  addEventListener("beforeprint", () => plots.filter((div) => !div.drawn).forEach(draw));

  function repaint() {
    for (const div of plots) if (div.drawn) Plotly.relayout(div, paper());
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", repaint);
  document.getElementById("theme").addEventListener("click", () => {
    const now = root.dataset.theme || (dark.matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    repaint();
  });
})();

// Chosen theme, before the first paint; without a choice the system's is taken.
"use strict";
(() => {
  const root = document.documentElement;
  const kept = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  // Paper is white: what is printed is light, and the chosen theme comes back afterwards.
  let before = null;
  const paint = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    document.dispatchEvent(new Event("themechange"));
  };
  window.addEventListener("beforeprint", () => {
    before = root.dataset.theme ?? "";
    paint("light");
  });
  window.addEventListener("afterprint", () => paint(before));
  const chosen = kept();
  if (chosen) root.dataset.theme = chosen;
  document.addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme").addEventListener("click", () => {
      const dark = root.dataset.theme
        ? root.dataset.theme === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not kept then */ }
      document.dispatchEvent(new Event("themechange"));
    });
  });
})();

// What all pages share: data that arrive as scripts, elements, and state in the URL.
"use strict";

const DATA = new Map();
const WAITING = new Map();

/** Called by data files. */
function put(key, value) {
  DATA.set(key, value);
}

/** Load a script once; `key` is what it puts. */
function load(url, key) {
  if (DATA.has(key)) return Promise.resolve(DATA.get(key));
  if (!WAITING.has(key)) {
    WAITING.set(key, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = url;
      script.onload = () => resolve(DATA.get(key));
      script.onerror = () => {
        WAITING.delete(key);
        reject(new Error(`cannot load ${url}`));
      };
      document.head.append(script);
    }));
  }
  return WAITING.get(key);
}

/** Forget what is not shown any more, so that browsing does not pile up. */
function forget(keep) {
  for (const key of DATA.keys()) {
    if (/^(details|truth|answers)\//.test(key) && !keep.has(key)) {
      DATA.delete(key);
      WAITING.delete(key);
    }
  }
}

/** Make an element; text is always set as text. */
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name in made && typeof value !== "string") made[name] = value;
    else if (name === "textContent") made.textContent = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

const BASE = document.body.dataset.base;
const ROOT = document.body.dataset.root;
const byId = (id) => document.getElementById(id);

const State = {
  read() {
    return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  },
  /** Keep what differs from its default; the history does not grow. */
  write(state, defaults = {}) {
    const kept = Object.entries(state).filter(
      ([name, value]) => value !== "" && value !== undefined && value !== defaults[name]);
    const text = new URLSearchParams(kept).toString();
    const url = location.pathname + location.search + (text ? `#${text}` : "");
    history.replaceState(null, "", url);
  },
};

function fillSelect(select, options) {
  select.replaceChildren(...options.map(([value, label]) =>
    element("option", { value, textContent: label })));
}

const words = (text) => String(text).replaceAll("_", " ");

function number(value) {
  if (value === null || value === undefined) return "–";
  if (value !== 0 && Math.abs(value) < 0.001) return value.toPrecision(2);
  if (Math.abs(value) < 10) return value.toFixed(3);
  return value.toLocaleString("en-US", { maximumSignificantDigits: 4 });
}

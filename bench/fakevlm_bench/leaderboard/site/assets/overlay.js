// Pictures with masks and heat maps drawn over them, and texts with their differences marked.
"use strict";

const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** Paint a run-length code ("WxH:n0,n1,…", first run false) as one colour. */
function maskCanvas(code, [red, green, blue]) {
  const [size, runs] = code.split(":");
  const [width, height] = size.split("x").map(Number);
  const canvas = element("canvas", { width, height });
  const image = canvas.getContext("2d").createImageData(width, height);
  let at = 0, on = false;
  for (const run of runs.split(",").map(Number)) {
    if (on) {
      for (let i = at; i < at + run; i += 1) image.data.set([red, green, blue, 255], 4 * i);
    }
    at += run;
    on = !on;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** Paint a heat map on the scale of its own strongest value: transparent where the detector is
    calm, yellow to red where it is not. */
function heatCanvas([width, height, base64]) {
  const values = bytesOf(base64);
  const top = strongest([width, height, base64]) || 1;
  const canvas = element("canvas", { width, height });
  const image = canvas.getContext("2d").createImageData(width, height);
  values.forEach((value, i) => {
    const v = Math.round(value / top * 255);
    image.data.set([255, 225 - Math.round(0.85 * v), 40, v], 4 * i);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** The strongest value of a heat map, of 255. */
const strongest = ([, , base64]) => bytesOf(base64).reduce((a, b) => Math.max(a, b), 0);

/** Mark the words of `text` that `other` does not have in the same order. */
function marked(text, other) {
  const split = (t) => t.match(/\s+|[^\s]+/g) ?? [];
  const [a, b] = [split(text), split(other)].map((words) => words.slice(0, 400));
  const common = longestCommon(a, b);
  return a.map((word, i) => (common.has(i) || !word.trim()
    ? document.createTextNode(word) : element("mark", { textContent: word })));
}

function longestCommon(a, b) {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i * width + j] = a[i] === b[j]
        ? table[(i + 1) * width + j + 1] + 1
        : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  const kept = new Set();
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) { kept.add(i); i += 1; j += 1; }
    else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) i += 1;
    else j += 1;
  }
  return kept;
}

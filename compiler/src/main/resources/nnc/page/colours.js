// Colours of numbers and classes, as tables of 256 steps for each theme: orange below zero, blue above, as in TensorFlow Playground; classes can be told apart
// by people who see fewer colours (Okabe and Ito).

const NEGATIVE = [245, 147, 34];
const POSITIVE = [8, 119, 189];
const MIDDLE = { light: [232, 234, 235], dark: [43, 49, 58] };
const CLASSES = [[245, 147, 34], [8, 119, 189], [0, 158, 115], [204, 121, 167], [240, 228, 66], [86, 180, 233], [213, 94, 0], [148, 103, 189], [140, 140, 140],
  [188, 189, 34], [23, 190, 207], [127, 60, 20]];

const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set();
let chosen = null;

export function theme() {
  return chosen ?? (dark.matches ? 'dark' : 'light');
}

/** Chooses light, dark or, by null, what the system has. */
export function choose(name) {
  chosen = name;
  if (name) {
    document.documentElement.dataset.theme = name;
  } else {
    delete document.documentElement.dataset.theme;
  }
  listeners.forEach((listener) => listener());
}

export function onTheme(listener) {
  listeners.add(listener);
}

dark.addEventListener('change', () => listeners.forEach((listener) => listener()));

function mix(a, b, share) {
  return [0, 1, 2].map((i) => Math.round(a[i] + (b[i] - a[i]) * share));
}

const tables = new Map();

/** 256 colours, three bytes each, from the lowest number to the highest. */
export function scale() {
  const name = theme();
  if (!tables.has(name)) {
    const table = new Uint8Array(256 * 3);
    for (let i = 0; i < 256; i++) {
      const share = (i - 127.5) / 127.5;
      table.set(mix(MIDDLE[name], share < 0 ? NEGATIVE : POSITIVE, Math.abs(share)), 3 * i);
    }
    tables.set(name, table);
  }
  return tables.get(name);
}

export function ofClass(index, share = 1) {
  return mix(MIDDLE[theme()], CLASSES[index] ?? further(index), share);
}

/** Colours of classes beyond those: the hues between, by the golden ratio. */
function further(index) {
  const hue = 6 * ((index * 0.618034) % 1);
  const part = (shift) => Math.round(255 * (0.2 + 0.6 * Math.max(0, Math.min(1, Math.abs(((hue + shift) % 6) - 3) - 1))));
  return [part(0), part(4), part(2)];
}

export function css([r, g, b]) {
  return `rgb(${r} ${g} ${b})`;
}

/** The colour of a number from 0 (lowest) to 1. */
export function ofShare(share) {
  const place = 3 * Math.round(255 * Math.max(0, Math.min(1, share)));
  return [...scale().slice(place, place + 3)];
}

export function ofSign(value) {
  return css(value < 0 ? NEGATIVE : POSITIVE);
}

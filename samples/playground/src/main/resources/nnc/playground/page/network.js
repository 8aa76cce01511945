// The network as it is drawn: a column for the features, one for each layer, and edges whose width and colour are weights. Units are small maps of the plane.

import { bytes, floats } from './api.js';
import { ofSign } from './colours.js';
import { drawLevels } from './heat.js';
import { FEATURES, MOST_LAYERS, MOST_UNITS } from './settings.js';

const SVG = 'http://www.w3.org/2000/svg';
const UNIT = 34;
const WIDEST = 10;

let root;
let edges;
let model = { columns: [], links: [], lines: [] };
let handlers;
let network;
let weights = {};
let slopes = null;
let scheduled = false;

/** Handlers: focus(value, unit) or focus(null), feature(name), units(layer, change), edit(link), hover. */
export function mount(element, given) {
  root = element;
  handlers = given;
  new ResizeObserver(() => placeEdges()).observe(root);
}

// ---- what columns there are

/** Of the page's own programs the features, hidden layers and the output; of others all layers that lead from units to units. */
function columnsOf(described, settings) {
  const values = described.values.filter((value) => value.units <= MOST_UNITS && !value.whole);
  const dense = values.filter((value) => value.matrix);
  if (settings) {
    const hidden = dense.slice(0, settings.layers.length);
    return [{ kind: 'features', value: values.find((value) => value.name === 'features'), units: Object.keys(FEATURES) },
      ...hidden.map((value, layer) => ({ kind: 'hidden', value, layer, units: range(value.units) })),
      ...dense.slice(settings.layers.length).map((value) => ({ kind: 'last', value, units: range(value.units) }))];
  }
  const first = { kind: 'input', value: { name: described.input, units: 2 }, units: [0, 1] };
  const inner = values.filter((value) => value.matrix || dense.some((other) => other.from === value.name)).slice(0, MOST_LAYERS + 4);
  return [first, ...inner.map((value) => ({ kind: 'layer', value, units: range(value.units) }))];
}

function range(count) {
  return Array.from({ length: count }, (_, i) => i);
}

/** Builds the drawing of a program anew. */
export function build(described, settings) {
  network = described;
  weights = {};
  slopes = null;
  root.replaceChildren();
  edges = document.createElementNS(SVG, 'svg');
  edges.classList.add('edges');
  edges.setAttribute('aria-hidden', 'true');
  root.append(edges);
  const columns = columnsOf(described, settings);
  model = { columns: columns.map((column) => buildColumn(column, settings)), links: [], lines: [] };
  for (const column of model.columns) {
    if (column.value?.matrix) {
      const before = model.columns.find((other) => other !== column && other.value?.name === column.value.from);
      if (before) {
        addLinks(before, column);
      }
    } else if (column.kind === 'layer') {
      const before = model.columns.find((other) => other !== column && other.value?.name === column.value.from && other.active.length === column.nodes.length);
      before?.active.forEach((from, i) => addLine(from, column.nodes[i]));
    }
  }
  placeEdges();
}

function buildColumn(column, settings) {
  const element = document.createElement('div');
  element.className = `column ${column.kind}`;
  element.append(head(column, settings));
  const nodes = column.units.map((unit) => {
    const node = column.kind === 'features' ? featureNode(unit, settings) : unitNode(column, unit);
    element.append(node.element);
    return node;
  });
  root.append(element);
  const active = column.kind === 'features' ? settings.features.map((name) => nodes[column.units.indexOf(name)]) : nodes;
  return { ...column, element, nodes, active };
}

function head(column, settings) {
  const element = document.createElement('div');
  element.className = 'column-head';
  if (column.kind === 'hidden') {
    const { layer, units } = column;
    element.append(counter('+', `One neuron more in hidden layer ${layer + 1}`, units.length >= MOST_UNITS, () => handlers.units(layer, 1)),
      counter('−', `One neuron fewer in hidden layer ${layer + 1}`, units.length <= 1, () => handlers.units(layer, -1)));
    const label = document.createElement('span');
    label.textContent = `${units.length} neuron${units.length === 1 ? '' : 's'}`;
    element.append(label);
  } else {
    const label = document.createElement('span');
    label.textContent = { features: 'Features', last: settings ? 'Output' : column.value.name, input: column.value?.name }[column.kind] ?? column.value.name;
    element.append(label);
  }
  return element;
}

function counter(sign, label, disabled, action) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'round small';
  button.textContent = sign;
  button.disabled = disabled;
  button.setAttribute('aria-label', label);
  button.addEventListener('click', action);
  return button;
}

function featureNode(name, settings) {
  const feature = FEATURES[name];
  const button = unitButton();
  const label = document.createElement('span');
  label.className = 'unit-label';
  label.innerHTML = feature.html;
  const row = document.createElement('div');
  row.className = 'feature';
  const on = settings.features.includes(name);
  button.element.setAttribute('aria-pressed', on);
  button.element.setAttribute('aria-label', `Feature ${feature.said}`);
  button.element.id = `feature-${feature.key}`;
  button.element.classList.toggle('off', !on);
  button.element.addEventListener('click', () => handlers.feature(name));
  row.append(label, button.element);
  const unit = settings.features.indexOf(name);
  if (on) {
    focusable(button.element, 'features', unit);
  }
  return { element: row, canvas: button.canvas, anchor: button.element, unit, number: numberIn(button.element) };
}

function unitButton() {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'unit';
  const canvas = document.createElement('canvas');
  canvas.width = 30;
  canvas.height = 30;
  element.append(canvas);
  return { element, canvas };
}

function unitNode(column, unit) {
  const { element, canvas } = unitButton();
  const called = { hidden: `Hidden layer ${column.layer + 1}`, last: 'Output' }[column.kind] ?? column.value.name;
  element.setAttribute('aria-label', `${called}, unit ${unit + 1}`);
  element.dataset.unit = `${column.value.name}/${unit}`;
  focusable(element, column.kind === 'input' ? null : column.value.name, unit);
  return { element, canvas, anchor: element, unit, number: numberIn(element) };
}

/** Where a tour writes what a unit gives. */
function numberIn(element) {
  const number = document.createElement('span');
  number.className = 'unit-number';
  number.hidden = true;
  element.append(number);
  return number;
}

/** What a layer is called on the page. */
export function titleOf(name) {
  const column = model.columns.find((one) => one.value?.name === name);
  return { hidden: `hidden layer ${column?.layer + 1}`, last: 'the output' }[column?.kind] ?? name;
}

function focusable(element, value, unit) {
  if (value !== null) {
    const enter = () => handlers.focus(value, unit);
    const leave = () => handlers.focus(null);
    element.addEventListener('pointerenter', enter);
    element.addEventListener('pointerleave', leave);
    element.addEventListener('focus', enter);
    element.addEventListener('blur', leave);
  }
}

// ---- edges

function addLinks(before, after) {
  before.active.forEach((from, row) => after.nodes.forEach((to, column) => {
    const path = document.createElementNS(SVG, 'path');
    path.classList.add('edge');
    const touch = document.createElementNS(SVG, 'path');
    touch.classList.add('touch');
    const link = { from, to, path, touch, weights: after.value.matrix, index: row * after.value.units + column, name: after.value.name,
      title: `from ${label(before, from)} to ${after.value.name}, unit ${column + 1}` };
    touch.addEventListener('click', (event) => handlers.edit(link, event));
    touch.addEventListener('pointerenter', () => handlers.hover(link));
    touch.addEventListener('pointerleave', () => handlers.hover(null));
    touch.dataset.edge = `${link.weights}[${link.index}]`;
    edges.append(path, touch);
    model.links.push(link);
  }));
}

/** Of a layer without a matrix: each unit is made of the one before. */
function addLine(from, to) {
  const path = document.createElementNS(SVG, 'path');
  path.classList.add('line');
  edges.append(path);
  model.lines.push({ from, to, path });
}

function label(column, node) {
  return column.kind === 'features' ? FEATURES[column.units[column.nodes.indexOf(node)]].said : `${column.value.name}, unit ${node.unit + 1}`;
}

function placeEdges() {
  if (!edges) {
    return;
  }
  const box = root.getBoundingClientRect();
  for (const link of [...model.links, ...model.lines]) {
    const a = link.from.anchor.getBoundingClientRect();
    const b = link.to.anchor.getBoundingClientRect();
    const x1 = a.right - box.left + root.scrollLeft;
    const y1 = a.top + a.height / 2 - box.top + root.scrollTop;
    const x2 = b.left - box.left + root.scrollLeft;
    const y2 = b.top + b.height / 2 - box.top + root.scrollTop;
    const middle = (x1 + x2) / 2;
    const line = `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
    link.path.setAttribute('d', line);
    link.touch?.setAttribute('d', line);
  }
}

// ---- frames

/** Draws a frame: maps of units, weights, and slopes if they are shown. */
export function draw(frame) {
  for (const [path, text] of Object.entries(frame.weights)) {
    weights[path] = floats(text);
  }
  slopes = frame.gradients ? Object.fromEntries(Object.entries(frame.gradients).map(([path, text]) => [path, floats(text)])) : null;
  for (const column of model.columns) {
    const text = frame.units[column.value?.name];
    if (text) {
      const side = network.coarse;
      const maps = bytes(text);
      column.active.forEach((node, i) => drawLevels(node.canvas, maps.subarray(i * side * side, (i + 1) * side * side), side));
    }
  }
  drawEdges();
}

/** Draws features that are off, and inputs, by what they are. */
export function drawEdges() {
  if (scheduled) {
    return;
  }
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    let steepest = 1e-12;
    if (slopes) {
      model.links.forEach((link) => { steepest = Math.max(steepest, Math.abs(slopes[link.weights]?.[link.index] ?? 0)); });
    }
    for (const link of model.links) {
      const value = slopes ? (slopes[link.weights]?.[link.index] ?? 0) / steepest * 5 : weights[link.weights]?.[link.index] ?? 0;
      link.path.style.strokeWidth = Math.max(0.3, Math.min(WIDEST, 1 + Math.abs(value) * 1.6 - (Math.abs(value) < 0.05 ? 0.7 : 0)));
      link.path.style.stroke = ofSign(value);
      link.path.classList.toggle('slope', Boolean(slopes));
    }
  });
}

export function weightOf(link) {
  return weights[link.weights]?.[link.index];
}

export function slopeOf(link) {
  return slopes?.[link.weights]?.[link.index];
}

export function allWeights() {
  return weights;
}

/** Puts numbers on units and edges, as a tour does; null takes them away. */
export function annotate(numbers) {
  root.querySelectorAll('.edge-number').forEach((element) => element.remove());
  root.classList.toggle('annotated', Boolean(numbers));
  for (const column of model.columns) {
    column.nodes.forEach((node, i) => {
      const place = column.kind === 'features' ? column.active.indexOf(node) : i;
      const value = place >= 0 ? numbers?.units?.[column.value?.name]?.[place] : undefined;
      if (node.number) {
        node.number.hidden = value === undefined;
        node.number.textContent = value === undefined ? '' : short(value);
      }
    });
  }
  if (numbers?.edges) {
    for (const link of model.links) {
      const value = numbers.edges[link.weights]?.[link.index];
      if (value !== undefined && value !== null) {
        edgeNumber(link, value);
      }
    }
  }
}

/** Where edges are many, their numbers stand along them in turn. */
function edgeNumber(link, value) {
  const length = link.path.getTotalLength();
  const at = link.path.getPointAtLength(length * (0.28 + 0.44 * ((link.index * 7) % 5) / 4));
  const element = document.createElement('span');
  element.className = 'edge-number';
  element.textContent = short(value);
  element.style.left = `${at.x}px`;
  element.style.top = `${at.y}px`;
  root.append(element);
}

export function short(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return '–';
  }
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 10_000) ? value.toExponential(1) : value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

// The tour of one step: for one example what each edge adds on the way forward, the loss, the slopes on the way back, and the weights after the step.

import { post } from './api.js';
import * as network from './network.js';

const { short } = network;

let place;
let page;
let tour = null;
let at = 0;
let example = 0;

/** @param given {network(), part(name), chosen(example), say(text)} */
export function mount(element, given) {
  place = element;
  page = given;
  closed();
}

/** What the panel shows while there is no tour. */
function closed() {
  place.innerHTML = `<p class="hint">Follow one example through the network: forward to the loss, backward to the slope of each weight, and the step that the optimizer takes.
    Training pauses; the network itself does not change.</p>
    <label class="field">Example <input type="number" id="tour-example" min="1" value="${example + 1}"></label>
    <button type="button" id="tour-begin" class="text primary">Begin</button>`;
  place.querySelector('#tour-begin').addEventListener('click', () => begin(Number(place.querySelector('#tour-example').value) - 1));
}

/** Ends a tour, as when the network changes. */
export function end() {
  if (tour) {
    tour = null;
    network.annotate(null);
    page.chosen(null);
    closed();
  }
}

export function active() {
  return tour !== null;
}

async function begin(number) {
  const size = page.part('train').labels.length;
  example = Math.max(0, Math.min(size - 1, Number.isInteger(number) ? number : 0));
  try {
    await page.pause();
    tour = await post('tour', { part: 'train', example });
    at = 0;
    page.chosen({ part: 'train', example });
    show();
  } catch (error) {
    page.notice(error.message);
  }
}

// ---- stages

function layers() {
  return page.network().values.filter((value) => value.matrix);
}

function stages() {
  const forward = layers();
  const list = [{ title: 'The example', text: () => `The point (${short(tour.x)}, ${short(tour.y)}) of the training data, whose label is ${labelText()}.`,
    numbers: () => ({ units: featureValues() }) }];
  for (const layer of forward) {
    list.push({ title: `Forward: ${network.titleOf(layer.name)}`, text: () => `Each edge brings what its unit gives, times its weight. A unit adds these up${layer.bias ? ', its bias too,' : ''} and applies its activation.`,
      rows: () => forwardRows(layer), numbers: () => ({ units: upTo(layer), edges: { [layer.matrix]: tour.terms[layer.name] } }) });
  }
  list.push({ title: 'The loss', text: () => `The network gives ${tour.output.map(short).join(', ')}; the label is ${labelText()}. The loss of this example is ${short(tour.loss)}.`,
    numbers: () => ({ units: upTo(null) }) });
  for (const layer of [...forward].reverse()) {
    list.push({ title: `Backward: ${network.titleOf(layer.name)}`, text: () => 'On each edge is the slope of the loss by its weight: what comes in by the edge, times the slope by the sum in its unit. Where the slope is above zero, a smaller weight lowers the loss.',
      rows: () => backwardRows(layer), numbers: () => ({ edges: { [layer.matrix]: tour.gradients[layer.matrix] } }) });
  }
  if (tour.after) {
    list.push({ title: 'The step', text: () => 'The optimizer moves each weight. On the edges is by how much; training averages the slopes of all examples of a batch before it does so.',
      rows: () => stepRows(), numbers: () => ({ edges: Object.fromEntries(forward.map((layer) => [layer.matrix, difference(layer.matrix)])) }) });
  } else if (tour.note) {
    list.push({ title: 'The step', text: () => tour.note, numbers: () => ({}) });
  }
  return list;
}

function labelText() {
  const classes = page.network().classes;
  return classes.length > 0 ? classes[Math.round(tour.label)] ?? tour.label : short(tour.label);
}

function featureValues() {
  return { features: tour.values.features, [page.network().input]: [tour.x, tour.y] };
}

/** The values of layers up to one; of all by null. */
function upTo(last) {
  const units = featureValues();
  for (const layer of layers()) {
    units[layer.name] = tour.values[layer.name];
    if (layer === last) {
      break;
    }
  }
  return units;
}

function difference(path) {
  return tour.after[path].map((value, i) => value - tour.weights[path][i]);
}

function forwardRows(layer) {
  const rows = [['unit', 'what edges bring', 'bias', 'sum', 'gives']];
  const terms = tour.terms[layer.name];
  for (let unit = 0; unit < layer.units; unit++) {
    const own = terms.filter((_, i) => i % layer.units === unit);
    const bias = layer.bias ? tour.weights[layer.bias][unit] : 0;
    rows.push([String(unit + 1), own.map(short).join(' + ').replaceAll('+ -', '− '), short(bias), short(own.reduce((a, b) => a + b, bias)), short(tour.values[layer.name][unit])]);
  }
  return rows;
}

function backwardRows(layer) {
  const rows = [['unit', 'slope by its sum', 'slopes by its weights']];
  const slopes = tour.gradients[layer.matrix] ?? [];
  for (let unit = 0; unit < layer.units; unit++) {
    rows.push([String(unit + 1), layer.bias ? short(tour.gradients[layer.bias]?.[unit]) : '', slopes.filter((_, i) => i % layer.units === unit).map(short).join(', ')]);
  }
  return rows;
}

function stepRows() {
  const rows = [['weight', 'before', 'slope', 'after']];
  for (const layer of layers()) {
    for (const path of [layer.matrix, layer.bias].filter(Boolean)) {
      tour.weights[path].forEach((value, i) => rows.push([`${path}[${i}]`, short(value), short(tour.gradients[path]?.[i]), short(tour.after[path][i])]));
    }
  }
  return rows.slice(0, 120);
}

// ---- the panel

function show() {
  const all = stages();
  const stage = all[at];
  place.innerHTML = `<div class="tour-head"><h3></h3><span class="fine">${at + 1} of ${all.length}</span></div><p></p><div class="tour-table"></div>
    <div class="dialog-actions"><button type="button" class="text" id="tour-back">Back</button><button type="button" class="text primary" id="tour-next">Next</button>
    <button type="button" class="text" id="tour-other">Another example</button><button type="button" class="text" id="tour-end">End</button></div>`;
  place.querySelector('h3').textContent = stage.title;
  place.querySelector('p').textContent = stage.text();
  if (stage.rows) {
    place.querySelector('.tour-table').append(table(stage.rows()));
  }
  place.querySelector('#tour-back').disabled = at === 0;
  place.querySelector('#tour-next').disabled = at === all.length - 1;
  place.querySelector('#tour-back').addEventListener('click', () => move(-1));
  place.querySelector('#tour-next').addEventListener('click', () => move(1));
  place.querySelector('#tour-other').addEventListener('click', () => begin((example + 1) % page.part('train').labels.length));
  place.querySelector('#tour-end').addEventListener('click', end);
  network.annotate(stage.numbers());
  page.say(`${stage.title}. ${stage.text()}`);
}

function move(by) {
  at += by;
  show();
  (place.querySelector(by > 0 ? '#tour-next:enabled' : '#tour-back:enabled') ?? place.querySelector('#tour-end')).focus();
}

function table(rows) {
  const element = document.createElement('table');
  element.className = 'numbers';
  const head = element.createTHead().insertRow();
  for (const text of rows[0]) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = text;
    head.append(cell);
  }
  const body = element.createTBody();
  for (const row of rows.slice(1)) {
    const line = body.insertRow();
    row.forEach((text) => { line.insertCell().textContent = text; });
  }
  return element;
}

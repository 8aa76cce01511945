// Runs that were kept, side by side: their curves, and a table with a small map of each.

import { create } from './chart.js';
import { drawClasses, drawLevels } from './heat.js';
import { short } from './network.js';

const COLOURS = ['#0877bd', '#f59322', '#009e73', '#cc79a7', '#9467bd', '#d55e00', '#56b4e9', '#8c8c8c'];
const MOST = COLOURS.length;

const kept = [];
let chart;
let place;
let open;
let count = 0;

/** @param opened is given the fragment of a run that is to be shown again */
export function mount(chartElement, element, opened) {
  chart = create(chartElement, { height: 150 });
  place = element;
  open = opened;
  list();
}

/** Keeps a run: {title, fragment, curve, figures, epoch, step, map: {levels, side, classes}}. */
export function keep(run) {
  if (kept.length === MOST) {
    kept.shift();
  }
  count++;
  const used = new Set(kept.map((one) => one.colour));
  kept.push({ ...run, number: count, colour: COLOURS.find((colour) => !used.has(colour)) });
  list();
}

/** Draws the curves, that of the present run with them. */
export function draw(now) {
  const series = kept.map((run) => ({ label: `run ${run.number}`, colour: run.colour, x: run.curve.x, y: run.curve.test }));
  if (now.x.length > 0) {
    series.push({ label: 'now', colour: getComputedStyle(document.documentElement).getPropertyValue('--text').trim(), x: now.x, y: now.test, width: 1.2, dash: [4, 3] });
  }
  chart.draw(series);
}

function list() {
  if (kept.length === 0) {
    place.innerHTML = '<p class="fine">None is kept yet. Dashed is the present run, by the loss on test data.</p>';
    return;
  }
  const table = document.createElement('table');
  table.className = 'runs';
  table.innerHTML = '<caption class="unseen">Runs that were kept</caption><thead><tr><th scope="col">Run</th><th scope="col">Map</th><th scope="col">Settings</th><th scope="col" class="n">Epoch</th><th scope="col" class="n">Training loss</th><th scope="col" class="n">Test loss</th><th scope="col" class="n">Accuracy</th><th scope="col"><span class="unseen">Do</span></th></tr></thead>';
  const body = table.createTBody();
  for (const run of kept) {
    row(body, run);
  }
  place.replaceChildren(table);
}

function row(body, run) {
  const line = body.insertRow();
  const test = run.figures.test ?? run.figures.validate ?? {};
  const head = document.createElement('th');
  head.scope = 'row';
  head.innerHTML = `<span class="swatch" style="background:${run.colour}"></span>${run.number}`;
  line.append(head);
  const map = document.createElement('canvas');
  map.className = 'mini';
  line.insertCell().append(map);
  (run.map.classes ? drawClasses : drawLevels)(map, run.map.levels, run.map.side);
  line.insertCell().textContent = run.title;
  for (const value of [run.epoch.toLocaleString('en'), short(run.figures.train?.loss), short(test.loss), test.accuracy === undefined ? '' : `${(100 * test.accuracy).toFixed(1)} %`]) {
    const cell = line.insertCell();
    cell.className = 'n';
    cell.textContent = value;
  }
  const actions = line.insertCell();
  actions.append(action('Show', `Show run ${run.number} again`, () => open(run.fragment)), action('Drop', `Drop run ${run.number}`, () => {
    kept.splice(kept.indexOf(run), 1);
    list();
  }));
}

function action(text, label, work) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'text';
  button.textContent = text;
  button.setAttribute('aria-label', label);
  button.addEventListener('click', work);
  return button;
}

export function redraw() {
  list();
}

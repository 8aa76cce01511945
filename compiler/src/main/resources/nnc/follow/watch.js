// Shows what the server tells of a training: how it stands, figures of epochs as curves, pictures by their versions.

import { create } from './chart.js';
import { choose as chooseTheme, onTheme } from './colours.js';

const byId = (id) => document.getElementById(id);
const charts = new Map();
const figures = new Map();
let ended = false;
let scheduled = false;

function number(value) {
  if (value === null) {
    return 'not finite';
  }
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(3) : value.toFixed(4).replace(/\.?0+$/, '') || '0';
}

function notice(text) {
  byId('notice').textContent = text;
  byId('notice').hidden = text === '';
}

// ---- curves

/** A line of the chart of a figure; a panel is made where there is none yet. */
function line(name, part) {
  if (!charts.has(name)) {
    const panel = document.createElement('figure');
    panel.className = 'panel';
    panel.dataset.chart = name;
    panel.innerHTML = '<figcaption></figcaption><div class="chart" role="img"></div>';
    panel.lastChild.setAttribute('aria-label', `${name} by epoch`);
    byId('charts').append(panel);
    charts.set(name, { panel, chart: create(panel.lastChild, { height: 170 }), lines: new Map() });
  }
  const { lines } = charts.get(name);
  if (!lines.has(part)) {
    lines.set(part, { x: [], y: [] });
  }
  return lines.get(part);
}

function add(row) {
  const put = (name, part, value) => {
    const { x, y } = line(name, part);
    x.push(row.epoch);
    y.push(value);
  };
  for (const part of ['training', 'validation']) {
    Object.entries(row[part]).forEach(([name, value]) => put(name, part, value));
  }
  put('examples a second', 'training', row.rate);
}

/** What colours mean is told where a chart has two lines. */
function caption(panel, name, lines) {
  const text = panel.firstChild;
  text.textContent = name;
  if (lines.size > 1) {
    for (const part of lines.keys()) {
      const key = document.createElement('span');
      key.className = 'key';
      key.style.borderColor = colourOf(part);
      text.append(key, part);
    }
  }
}

const colourOf = (part) => getComputedStyle(document.documentElement).getPropertyValue(part === 'training' ? '--accent' : '--test').trim();

function drawCurves() {
  scheduled = false;
  for (const [name, { panel, chart, lines }] of charts) {
    caption(panel, name, lines);
    chart.draw([...lines].map(([part, { x, y }]) => ({ label: part, colour: colourOf(part), x, y })));
  }
}

/** Frames follow the screen, not the training. */
function schedule() {
  if (!scheduled) {
    scheduled = true;
    requestAnimationFrame(drawCurves);
  }
}

function all(rows) {
  charts.forEach(({ lines }) => lines.clear());
  rows.forEach(add);
  schedule();
}

// ---- numbers and pictures

function show(list) {
  for (const { name, value } of list) {
    if (!figures.has(name)) {
      const box = document.createElement('div');
      box.innerHTML = '<dt></dt><dd></dd>';
      box.firstChild.textContent = name;
      byId('figures').append(box);
      figures.set(name, box.lastChild);
    }
    figures.get(name).textContent = number(value);
  }
}

function pictures(list) {
  for (const { file, caption: said, version } of list) {
    let figure = document.querySelector(`figure[data-file="${CSS.escape(file)}"]`);
    if (!figure) {
      figure = document.createElement('figure');
      figure.className = 'panel';
      figure.dataset.file = file;
      const image = document.createElement('img');
      image.className = file.endsWith('.png') ? 'pixels' : '';
      figure.append(image, document.createElement('figcaption'));
      byId('pictures').append(figure);
    }
    figure.lastChild.textContent = said;
    figure.firstChild.alt = said;
    if (figure.dataset.version !== String(version)) {
      figure.dataset.version = version;
      const next = new Image();
      next.onload = () => { figure.firstChild.src = next.src; };
      next.src = `/picture/${encodeURIComponent(file)}?${version}`;
    }
  }
}

function state(told) {
  document.title = `${told.name}: nnc`;
  byId('name').textContent = told.name;
  byId('state').textContent = `epoch ${told.epoch} of ${told.epochs}, step ${told.step}, ${told.done} of ${told.examples} examples` + (told.ended ? '; training has ended' : '');
  byId('epoch').value = told.examples ? told.done / told.examples : 0;
  show([...told.figures, { name: 'examples a second', value: Math.round(told.rate) }]);
  pictures(told.pictures);
  if (told.ended && !ended) {
    ended = true;
    byId('announcements').textContent = 'training has ended';
    events.close();
  }
}

// ---- the start

const THEMES = [[null, 'Auto', 'as the system has them'], ['light', 'Light', 'light'], ['dark', 'Dark', 'dark']];
let theme = 0;
byId('theme').addEventListener('click', () => {
  theme = (theme + 1) % THEMES.length;
  const [name, title, words] = THEMES[theme];
  chooseTheme(name);
  byId('theme').textContent = title;
  byId('theme').setAttribute('aria-label', `Colours: ${words}`);
});
onTheme(schedule);

const events = new EventSource('/events');
const on = (name, work) => events.addEventListener(name, (event) => work(JSON.parse(event.data)));
on('all', all);
on('rows', (rows) => { rows.forEach(add); schedule(); });
on('state', state);
events.onopen = () => notice('');
events.onerror = () => {
  if (!ended) {
    notice('The training cannot be reached: it may have been ended.');
  }
};

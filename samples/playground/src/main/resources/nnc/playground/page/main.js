// The page: its state, and who is told when that changes. A control changes the settings, the server writes the program that they say and compiles it; a text that
// is edited is compiled too, and moves the controls where it is a program that they could say.

import * as api from './api.js';
import { Curve, create } from './chart.js';
import { choose as chooseTheme, onTheme } from './colours.js';
import * as controls from './controls.js';
import * as dataPanel from './data-panel.js';
import * as editor from './editor.js';
import { keepingFocus } from './focus.js';
import { announce, notice, said, say } from './notices.js';
import * as link from './link.js';
import * as network from './network.js';
import * as output from './output.js';
import * as points from './points.js';
import * as runs from './runs.js';
import { FEATURES, MOST_LAYERS, changed, plain, problemOf } from './settings.js';
import * as tabs from './tabs.js';
import * as tour from './tour.js';
import * as weightTables from './weights.js';

const byId = (id) => document.getElementById(id);

const state = { settings: null, text: '', own: false, firstRate: null, changes: [], table: null, view: { showTest: false, discretize: false, gradients: false, speed: 1500 } };
let first;
let described = null;
let frame = null;
let running = false;
let focus = null;
let curve = new Curve();
let lossChart;
let loads = 0;
let typing;
let chosenExample = null;

// ---- programs

/** Has the server load what the settings say, or a text; the answer to an earlier request is passed over. Gives whether the server has taken it, faults or not. */
async function load(request, { changes = [], fromText = false } = {}) {
  const number = ++loads;
  const begun = performance.now();
  byId('compiled').textContent = 'compiling …';
  try {
    const answer = await api.post('program', { ...request, changes });
    if (number !== loads) {
      return true;
    }
    take(answer, fromText, changes);
    byId('compiled').textContent = answer.loaded ? `compiled in ${Math.round(performance.now() - begun)} ms` : 'does not run; the program before goes on';
    return true;
  } catch (error) {
    if (number === loads) {
      byId('compiled').textContent = '';
      notice(error.message);
    }
    return false;
  }
}

function take(answer, fromText, changes) {
  if (!fromText) {
    editor.show(answer.text);
  }
  state.text = answer.text;
  editor.mark(answer.diagnostics ?? []);
  output.faults(answer, editor.go);
  document.body.classList.toggle('faulty', !answer.loaded);
  if (!answer.loaded) {
    announce(answer.message ?? `${answer.diagnostics.length} faults in the program`);
    if (!fromText) {
      controls.show(state.settings);
      dataPanel.show(state.settings, problemOf(state.settings));
    }
    return;
  }
  notice('');
  state.own = !answer.settings;
  state.changes = changes;
  if (answer.settings) {
    state.settings = answer.settings;
    state.firstRate = answer.settings.learning.rate;
  }
  described = answer.network;
  const goesOn = running && fromText;
  setRunning(false);
  curve = new Curve();
  frame = null;
  focus = null;
  tour.end();
  points.take(described);
  keepingFocus(() => {
    showSettings();
    network.build(described, state.own ? null : state.settings);
  });
  output.legend(described);
  weightTables.build(described);
  remember();
  if (goesOn) {
    play();
  }
  wantFrame();
}

function showSettings() {
  controls.show(state.settings);
  controls.showView(state.view);
  dataPanel.show(state.settings, problemOf(state.settings));
  controls.enable(!state.own);
  const count = state.settings.layers.length;
  byId('layer-count').textContent = state.own ? '' : `${count} hidden layer${count === 1 ? '' : 's'}`;
  byId('add-layer').disabled = state.own || count >= MOST_LAYERS;
  byId('remove-layer').disabled = state.own || count === 0;
}

function set(part) {
  if (!state.own) {
    state.settings = changed(state.settings, part);
    load({ settings: state.settings });
  }
}

/** A rate takes effect where training stands, as everything else does not; before the first step it is only another program. */
async function setRate(rate) {
  if (!frame || frame.step === 0 || state.own) {
    set({ learning: { rate } });
    return;
  }
  await api.post('change', { rate });
  state.settings = changed(state.settings, { learning: { rate } });
  state.text = state.text.replace(/(optimizer = \w+\()[^)]*/, `$1${plain(rate)}`);
  editor.show(state.text);
  announce(`learning rate ${plain(rate)} from step ${frame.step} on`);
  await history();
}

async function history() {
  state.changes = (await api.post('history')).changes;
  remember();
}

// ---- the address

let remembering;

/** Keeps the address in step with the page, a little later: settings may change quickly. */
function remember() {
  clearTimeout(remembering);
  remembering = setTimeout(async () => {
    window.history.replaceState(null, '', `#${await link.write(state)}`);
  }, 60);
}

/** Does what a fragment says; false if it says nothing, or nothing that the server takes: then all stays as it was. */
async function follow(fragment) {
  const told = await link.read(fragment, first, state.table);
  if (!told) {
    return false;
  }
  const { settings, view } = state;
  state.settings = told.settings;
  state.view = told.view;
  if (told.table) {
    state.table = told.table;
    await dataPanel.take(told.table.name, told.table.text, told.settings.data.table ?? { x: '', y: '', label: '', classes: 0 });
  }
  if (!(await load(told.program === null ? { settings: state.settings } : { text: told.program }, { changes: told.changes }))) {
    Object.assign(state, { settings, view });
    return false;
  }
  if (told.remarks) {
    notice(told.remarks);
  }
  return true;
}

// ---- training

function setRunning(now) {
  running = now;
  byId('play').setAttribute('aria-pressed', now);
  byId('play').setAttribute('aria-label', now ? 'Pause' : 'Play');
  document.body.classList.toggle('running', now);
}

async function play() {
  tour.end();
  setRunning(true);
  announce('training');
  await attempt(() => api.post('play', { speed: state.view.speed }));
}

async function pause() {
  if (running) {
    setRunning(false);
    announce(`paused at epoch ${frame?.epoch ?? 0}, ${output.said(frame)}`);
  }
  await attempt(() => api.post('pause'));
  wantFrame();
}

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    notice(error.message);
  }
}

async function advance(what, body) {
  tour.end();
  setRunning(false);
  await attempt(() => api.post(what, body));
  wantFrame();
}

function reset() {
  load(state.own ? { text: state.text } : { settings: state.firstRate === null ? state.settings : changed(state.settings, { learning: { rate: state.firstRate } }) });
}

function newSeed() {
  return 1 + Math.floor(Math.random() * 99_999);
}

// ---- frames

let wanted = false;

/** Asks for a frame: the page has drawn the last one, or something else is to be seen. */
function wantFrame() {
  if (!wanted && described) {
    wanted = true;
    requestAnimationFrame(async () => {
      wanted = false;
      await attempt(() => api.post('frame', { ...(focus ?? {}), gradients: state.view.gradients }));
    });
  }
}

function takeFrame(next) {
  frame = next;
  requestAnimationFrame(() => {
    drawFrame();
    wantFrame();
  });
}

function drawFrame() {
  if (!frame || !described) {
    return;
  }
  const figures = frame.figures;
  const test = figures.test ?? figures.validate;
  curve.add(frame.epoch, figures.train?.loss ?? null, test?.loss ?? null);
  network.draw(frame);
  output.draw(frame, described, state.view, focus);
  output.losses(frame, state);
  lossChart.draw([{ label: 'test', colour: css('--test'), x: curve.x, y: curve.test }, { label: 'training', colour: css('--train'), x: curve.x, y: curve.train }]);
  if (tabs.shown() === 'runs') {
    runs.draw(curve);
  } else if (tabs.shown() === 'weights') {
    weightTables.draw();
  }
  points.draw(byId('points'), described, state.view.showTest, chosenExample);
}

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// ---- edges

let editing = null;

function editEdge(edge) {
  editing = edge;
  byId('edge-title').textContent = `Weight ${edge.title}`;
  byId('edge-value').value = Number(network.weightOf(edge)?.toPrecision(6));
  byId('edge-editor').showModal();
  byId('edge-value').select();
}

async function setWeight(path, index, value) {
  await attempt(async () => {
    await api.post('change', { path, index, value });
    announce(`${path}[${index}] is ${value}`);
    wantFrame();
    await history();
  });
}

function hoverEdge(edge) {
  const slope = edge && network.slopeOf(edge);
  output.caption(edge ? `weight ${network.short(network.weightOf(edge))}${slope === undefined ? '' : `, slope ${network.short(slope)}`}` : '');
}

// ---- what is kept

async function keepRun() {
  if (!frame) {
    return;
  }
  const s = state.settings;
  const title = state.own ? 'own program' : [`${s.activation} ${s.layers.join('-') || 'no hidden layer'}`, `${s.learning.optimizer} ${plain(s.learning.rate)}`, `batch ${s.learning.batch}`,
    s.learning.regularization === 'none' ? '' : `${s.learning.regularization.toUpperCase()} ${plain(s.learning.strength)}`, s.data.set,
    s.features.map((name) => FEATURES[name].said).join(' ')].filter(Boolean).join(', ');
  runs.keep({ title, fragment: await link.write(state), curve: curve.copy(), figures: frame.figures, epoch: frame.epoch, step: frame.step,
    map: { levels: api.bytes(frame.output), side: described.fine, classes: described.tellsClasses } });
  runs.draw(curve);
  announce('the run is kept');
}

async function copyLink() {
  const address = `${location.origin}/#${await link.write(state)}`;
  try {
    await navigator.clipboard.writeText(address);
    announce('the link is copied');
    say(byId('copy-link'), 'Copied');
    if (state.table && !link.fits(state.table) && (state.own || state.settings.data.set === 'csv')) {
      notice(`The table ${state.table.name} is too large for a link: who follows it drops the table on the page first.`);
    }
  } catch {
    notice(`Copy this address: ${address}`);
  }
}

function download(kind) {
  const anchor = document.createElement('a');
  anchor.href = api.downloadAddress(kind);
  anchor.download = '';
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
}

// ---- the start

const SHORTCUTS = { ' ': () => (running ? pause() : play()), r: reset, e: () => advance('epoch'), s: () => advance('steps', { count: 1 }) };

function listenToKeys() {
  document.addEventListener('keydown', (event) => {
    const taken = event.target.closest('input, select, button, textarea, [contenteditable], dialog, [role=radio], [role=tab]');
    const work = SHORTCUTS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (work && !taken && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      work();
    }
  });
}

function mount() {
  controls.mount({
    set,
    rate: setRate,
    problem: (name) => set({ data: { set: name === 'regression' ? 'plane' : 'circle', classes: 2, table: undefined } }),
    view: viewed,
  });
  dataPanel.mount({
    choose: (key) => set({ data: { set: key, classes: 2, table: undefined } }),
    table: (table) => {
      state.table = dataPanel.current();
      set({ data: { set: 'csv', classes: 2, noise: 0, table } });
    },
    notice,
  });
  network.mount(byId('network'), {
    focus: (value, unit) => { focus = value === null ? null : { value, unit }; wantFrame(); },
    feature: (name) => toggleFeature(name),
    units: (layer, by) => set({ layers: state.settings.layers.map((units, i) => (i === layer ? units + by : units)) }),
    edit: editEdge,
    hover: hoverEdge,
  });
  editor.mount(byId('editor'), (text) => {
    clearTimeout(typing);
    typing = setTimeout(() => load({ text }, { fromText: true }), 350);
  });
  tour.mount(byId('panel-tour'), { network: () => described, part: points.part, pause, notice, say: announce, chosen: (one) => { chosenExample = one; drawFrame(); } });
  weightTables.mount(byId('panel-weights'), setWeight);
  runs.mount(byId('runs-chart'), byId('runs'), (fragment) => attempt(() => follow(fragment)));
  lossChart = create(byId('loss-chart'), { height: 96, small: true });
  tabs.mount((name) => { if (name !== 'tour') { tour.end(); } drawFrame(); });
  buttons();
  listenToKeys();
}

function viewed() {
  const speed = state.view.speed;
  state.view = controls.view();
  if (running && speed !== state.view.speed) {
    play();
  }
  remember();
  drawFrame();
  wantFrame();
}

function toggleFeature(name) {
  const has = state.settings.features.includes(name);
  const next = Object.keys(FEATURES).filter((one) => (one === name ? !has : state.settings.features.includes(one)));
  if (next.length === 0) {
    announce('a network has at least one feature');
    return;
  }
  set({ features: next });
}

function buttons() {
  const on = (id, work) => byId(id).addEventListener('click', work);
  on('play', () => (running ? pause() : play()));
  on('reset', reset);
  on('epoch', () => advance('epoch'));
  on('one-step', () => advance('steps', { count: 1 }));
  on('add-layer', () => set({ layers: [...state.settings.layers, 2] }));
  on('remove-layer', () => set({ layers: state.settings.layers.slice(0, -1) }));
  on('regenerate', () => set({ data: { seed: newSeed() } }));
  on('reseed', () => set({ learning: { seed: newSeed() } }));
  on('back-to-controls', () => load({ settings: state.settings }));
  on('keep-run', keepRun);
  on('copy-link', copyLink);
  document.querySelectorAll('[data-download]').forEach((button) => button.addEventListener('click', () => download(button.dataset.download)));
  byId('edge-editor').addEventListener('close', () => {
    const value = Number(byId('edge-value').value);
    if (byId('edge-editor').returnValue === 'set' && Number.isFinite(value)) {
      setWeight(editing.weights, editing.index, value);
    }
  });
  const themes = [[null, 'Auto', 'as the system has them'], ['light', 'Light', 'light'], ['dark', 'Dark', 'dark']];
  let theme = 0;
  on('theme', () => {
    theme = (theme + 1) % themes.length;
    chooseTheme(themes[theme][0]);
    byId('theme').textContent = themes[theme][1];
    byId('theme').setAttribute('aria-label', `Colours: ${themes[theme][2]}`);
  });
  onTheme(() => { runs.redraw(); if (described) { output.legend(described); } drawFrame(); });
  new ResizeObserver(drawFrame).observe(byId('map'));
}

let lost = false;

/** @param closed whether the server is not asked again; null if the connection is there */
function connection(closed) {
  if (closed === null && lost) {
    notice('');
    wantFrame();
  } else if (closed !== null) {
    notice(closed ? 'The playground has ended, or has forgotten this page: start it again, or load the page anew.' : 'The connection is lost; trying again.');
  }
  lost = closed !== null;
}

async function start() {
  mount();
  const answer = await api.open();
  first = answer.settings;
  state.settings = first;
  api.listen({
    frame: takeFrame,
    state: (now) => {
      setRunning(now.running);
      if (now.reason) {
        notice(now.reason);
      }
      wantFrame();
    },
  }, connection);
  if (!(await follow(location.hash.slice(1)))) {
    const why = said();
    await load(answer.text === undefined ? { settings: first } : { text: answer.text });
    if (why) {
      notice(why);
    }
  }
  window.addEventListener('hashchange', () => attempt(() => follow(location.hash.slice(1))));
  document.body.dataset.ready = 'true';
}

start().catch((error) => notice(error.message));

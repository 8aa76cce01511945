// The row of controls, and the sliders: what they show, and what changes when they are used.

import { ACTIVATIONS, DATASETS, OPTIMIZERS, RATES, REGULARIZATIONS, STRENGTHS, plain, problemOf } from './settings.js';

const byId = (id) => document.getElementById(id);

function fill(select, options) {
  select.replaceChildren(...options.map(([value, title]) => new Option(title, value)));
}

/** Handlers: set(part), rate(value), problem(name), view(). */
export function mount(handlers) {
  fill(byId('learningRate'), RATES.map((rate) => [plain(rate), plain(rate)]));
  fill(byId('activation'), ACTIVATIONS);
  fill(byId('optimizer'), OPTIMIZERS);
  fill(byId('regularization'), REGULARIZATIONS);
  fill(byId('regularizationRate'), STRENGTHS.map((rate) => [plain(rate), plain(rate)]));
  const on = (id, event, action) => byId(id).addEventListener(event, () => action(byId(id).value));
  on('learningRate', 'change', (value) => handlers.rate(Number(value)));
  on('activation', 'change', (value) => handlers.set({ activation: value }));
  on('optimizer', 'change', (value) => handlers.set({ learning: { optimizer: value } }));
  on('regularization', 'change', (value) => handlers.set({ learning: { regularization: value } }));
  on('regularizationRate', 'change', (value) => handlers.set({ learning: { strength: Number(value) } }));
  on('problem', 'change', (value) => handlers.problem(value));
  on('classes', 'change', (value) => handlers.set({ data: { classes: Number(value) } }));
  on('share', 'change', (value) => handlers.set({ data: { share: Number(value) } }));
  on('noise', 'change', (value) => handlers.set({ data: { noise: Number(value) } }));
  on('batch', 'change', (value) => handlers.set({ learning: { batch: Number(value) } }));
  for (const id of ['classes', 'share', 'noise', 'batch']) {
    byId(id).addEventListener('input', () => { values({ [id]: byId(id).value }); });
  }
  for (const id of ['show-test', 'discretize', 'show-gradients', 'speed']) {
    byId(id).addEventListener('change', () => handlers.view());
  }
}

function values({ classes, share, noise, batch }) {
  const say = (id, text) => { if (text !== undefined) { byId(id).textContent = text; } };
  say('classes-value', classes);
  say('share-value', share === undefined ? undefined : `${share} %`);
  say('noise-value', noise === undefined ? undefined : noise);
  say('batch-value', batch);
}

/** A value that is none of a list's own is put into it. */
function choose(select, value, title) {
  if (![...select.options].some((option) => option.value === value)) {
    select.add(new Option(title ?? value, value));
  }
  select.value = value;
}

function slide(input, value) {
  input.max = Math.max(Number(input.max), value);
  input.value = value;
}

/** Shows settings. */
export function show(settings) {
  const { data, learning } = settings;
  choose(byId('learningRate'), plain(learning.rate));
  choose(byId('activation'), settings.activation);
  choose(byId('optimizer'), learning.optimizer);
  choose(byId('regularization'), learning.regularization);
  choose(byId('regularizationRate'), plain(learning.strength));
  byId('regularizationRate').disabled = learning.regularization === 'none';
  byId('problem').value = problemOf(settings);
  const set = DATASETS.find((one) => one.key === data.set);
  byId('classes-field').hidden = !set?.manyClasses;
  byId('noise-field').hidden = !set;
  byId('regenerate').hidden = !set;
  slide(byId('classes'), data.classes);
  slide(byId('share'), data.share);
  slide(byId('noise'), data.noise);
  slide(byId('batch'), learning.batch);
  values({ classes: data.classes, share: data.share, noise: data.noise, batch: learning.batch });
}

/** Whether the controls of data and network can be used: they cannot while the program is the user's own. */
export function enable(enabled) {
  for (const id of ['learningRate', 'activation', 'optimizer', 'regularization', 'problem', 'classes', 'share', 'noise', 'batch', 'regenerate', 'reseed', 'add-layer',
    'remove-layer', 'choose-file']) {
    byId(id).disabled = !enabled;
  }
  byId('regularizationRate').disabled = !enabled || byId('regularization').value === 'none';
  document.querySelectorAll('.dataset').forEach((button) => { button.disabled = !enabled; });
  byId('own-program').hidden = enabled;
}

export function view() {
  return { showTest: byId('show-test').checked, discretize: byId('discretize').checked, gradients: byId('show-gradients').checked, speed: Number(byId('speed').value) };
}

export function showView(view) {
  byId('show-test').checked = view.showTest;
  byId('discretize').checked = view.discretize;
  byId('show-gradients').checked = view.gradients;
  choose(byId('speed'), String(view.speed), view.speed.toLocaleString('en'));
}

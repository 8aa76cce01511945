// The address's fragment: every setting, so that a copied link reproduces a run. Links of TensorFlow Playground mean here what they mean there.

import { ACTIVATIONS, DATASETS, FEATURES, MOST_LAYERS, MOST_UNITS, OPTIMIZERS, changed, plain } from './settings.js';

const REGRESSION = { plane: 'reg-plane', bumps: 'reg-gauss' };
const LONGEST_TABLE = 60_000;
const MOST_CHANGES = 1000;
const MOST_STEPS = 1e9;

async function through(stream, data) {
  const response = new Response(new Blob([data]).stream().pipeThrough(stream));
  return new Uint8Array(await response.arrayBuffer());
}

async function packed(text) {
  const bytes = await through(new CompressionStream('deflate-raw'), new TextEncoder().encode(text));
  let plainText = '';
  for (const byte of bytes) {
    plainText += String.fromCharCode(byte);
  }
  return btoa(plainText).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  return new TextDecoder().decode(await through(new DecompressionStream('deflate-raw'), bytes));
}

function writeChanges(changes) {
  return changes.map((one) => (one.rate !== undefined ? `${one.step}:rate=${one.rate}` : `${one.step}:${one.path}[${one.index}]=${one.value}`)).join(';');
}

/** The changes of a link; null if it has more, or others, than there can be. */
function readChanges(text) {
  const all = text.split(';').map((one) => /^(\d+):(?:rate|(.+)\[(\d+)\])=(.+)$/.exec(one));
  const changes = all.map((found) => found && (found[2] === undefined ? { step: Number(found[1]), rate: Number(found[4]) }
    : { step: Number(found[1]), path: found[2], index: Number(found[3]), value: Number(found[4]) }));
  const possible = (one) => one && one.step <= MOST_STEPS && (one.path === undefined ? one.rate > 0 && one.rate <= 1000 : Number.isFinite(one.value) && one.index < 1e6);
  return changes.length <= MOST_CHANGES && changes.every(possible) ? changes : null;
}

/** What the controls say, of one's own program too: they go back to it. */
function writeSettings(out, state) {
  const { settings } = state;
  const { data, learning } = settings;
  out.set('activation', settings.activation === 'identity' ? 'linear' : settings.activation);
  out.set('batchSize', learning.batch);
  if (REGRESSION[data.set]) {
    out.set('problem', 'regression');
    out.set('regDataset', REGRESSION[data.set]);
  } else {
    out.set('dataset', data.set);
  }
  if (data.table) {
    out.set('columns', JSON.stringify(data.table));
  }
  out.set('learningRate', plain(state.firstRate ?? learning.rate));
  if (learning.regularization !== 'none') {
    out.set('regularization', learning.regularization.toUpperCase());
  }
  out.set('regularizationRate', plain(learning.strength));
  out.set('noise', data.noise);
  out.set('networkShape', settings.layers.join(','));
  out.set('seed', learning.seed);
  out.set('dataSeed', data.seed);
  out.set('percTrainData', data.share);
  if (data.classes > 2) {
    out.set('classes', data.classes);
  }
  if (learning.optimizer !== 'sgd') {
    out.set('optimizer', learning.optimizer);
  }
  for (const [name, feature] of Object.entries(FEATURES)) {
    out.set(feature.key, settings.features.includes(name));
  }
}

/** The fragment of a state, without #. */
export async function write(state) {
  const { settings, view, changes } = state;
  const out = new URLSearchParams();
  if (state.own) {
    out.set('program', await packed(state.text));
  }
  writeSettings(out, state);
  if (state.table && (state.own || settings.data.set === 'csv')) {
    out.set('table', state.table.name);
    if (fits(state.table)) {
      out.set('rows', await packed(state.table.text));
    }
  }
  out.set('showTestData', view.showTest);
  out.set('discretize', view.discretize);
  out.set('showGradients', view.gradients);
  out.set('speed', view.speed);
  if (changes.length > 0) {
    out.set('changes', writeChanges(changes));
  }
  return out.toString();
}

/** Whether a link can hold a table. */
export function fits(table) {
  return table.text.length <= LONGEST_TABLE;
}

/** A link as it is read: what it says, and the remarks on what of that cannot be. */
class Given {
  constructor(fragment) {
    this.parameters = new URLSearchParams(fragment);
    this.remarks = [];
  }

  has(key) {
    return this.parameters.has(key);
  }

  get(key) {
    return this.parameters.get(key);
  }

  /** What it says under a key if that is allowed, else something else. */
  take(key, otherwise, allowed, made = (text) => text) {
    if (!this.has(key)) {
      return otherwise;
    }
    const value = made(this.get(key));
    if (allowed(value)) {
      return value;
    }
    this.remarks.push(`${key}=${this.get(key).slice(0, 40)}`);
    return otherwise;
  }
}

function number(given, key, otherwise, low, high) {
  return given.take(key, otherwise, (value) => Number.isFinite(value) && value >= low && value <= high, (text) => (text.trim() === '' ? NaN : Number(text)));
}

function whole(given, key, otherwise, low, high) {
  return given.take(key, otherwise, (value) => Number.isInteger(value) && value >= low && value <= high, (text) => (text.trim() === '' ? NaN : Number(text)));
}

/** Whole numbers from fractions, as links of the original have them. */
function seed(given, key, otherwise) {
  const value = number(given, key, otherwise, 0, Number.MAX_SAFE_INTEGER);
  return Number.isInteger(value) ? value : Math.round(value * 100_000);
}

function dataOf(given, first) {
  const regression = given.get('problem') === 'regression';
  const named = regression ? given.take('regDataset', 'plane', (key) => key !== undefined, (text) => Object.keys(REGRESSION).find((key) => REGRESSION[key] === text))
    : given.take('dataset', first.set, (key) => key === 'csv' || DATASETS.some((one) => one.key === key));
  const set = DATASETS.find((one) => one.key === named);
  const data = {
    set: named,
    classes: set?.manyClasses ? whole(given, 'classes', 2, 2, 8) : 2,
    noise: whole(given, 'noise', first.noise, 0, 50),
    share: whole(given, 'percTrainData', first.share, 10, 90),
    seed: seed(given, 'dataSeed', given.has('seed') ? seed(given, 'seed', first.seed) : first.seed),
  };
  if (named === 'csv') {
    data.table = given.take('columns', null, (table) => table !== null && typeof table === 'object', parsed);
    if (!data.table || !given.has('rows')) {
      data.set = first.set;
      delete data.table;
    }
  }
  return data;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function settingsOf(given, first) {
  const activation = given.take('activation', first.activation, (name) => ACTIVATIONS.some(([key]) => key === name), (text) => (text === 'linear' ? 'identity' : text));
  const features = Object.entries(FEATURES).filter(([, feature]) => given.get(feature.key) === 'true').map(([name]) => name);
  const layers = given.take('networkShape', first.layers, (list) => list.length <= MOST_LAYERS && list.every((units) => Number.isInteger(units) && units >= 1 && units <= MOST_UNITS),
    (text) => text.split(',').filter((units) => units !== '').map(Number));
  return changed(first, {
    data: dataOf(given, first.data),
    features: features.length > 0 ? features : first.features,
    layers,
    activation,
    learning: {
      rate: number(given, 'learningRate', first.learning.rate, 1e-10, 1000),
      batch: whole(given, 'batchSize', first.learning.batch, 1, 1000),
      regularization: { L1: 'l1', L2: 'l2' }[given.get('regularization')] ?? 'none',
      strength: number(given, 'regularizationRate', 0, 0, 1000),
      optimizer: given.take('optimizer', 'sgd', (name) => OPTIMIZERS.some(([key]) => key === name)),
      seed: seed(given, 'seed', first.learning.seed),
    },
  });
}

/** A text that is packed in a link; null, with a remark, if that is damaged. */
async function unpackedOf(given, key) {
  try {
    return given.has(key) ? await unpacked(given.get(key)) : null;
  } catch {
    given.remarks.push(`${key}, which is damaged`);
    return null;
  }
}

/** What the page cannot take of a link, in words; empty if it takes all. */
function remarksOn(given) {
  const remarks = given.remarks.length === 0 ? [] : [`The link says what cannot be, and the usual stands for it: ${given.remarks.join('; ')}.`];
  if (given.has('table') && !given.has('rows')) {
    remarks.push(`The table ${given.get('table')} is too large for a link: drop it on the page, and load the link again.`);
  }
  return remarks.join(' ');
}

/**
 * What a fragment says, beside the first settings for what it does not say; null if it says nothing.
 *
 * @param kept a table that the page has, which a link may mean that is too small to hold it
 */
export async function read(fragment, first, kept) {
  if (!/=/.test(fragment)) {
    return null;
  }
  const given = new Given(fragment);
  if (kept && given.get('table') === kept.name && !given.has('rows')) {
    given.parameters.set('rows', await packed(kept.text));
  }
  const rows = await unpackedOf(given, 'rows');
  if (rows === null) {
    given.parameters.delete('rows');
  }
  const settings = settingsOf(given, first);
  const said = {
    settings,
    program: await unpackedOf(given, 'program'),
    table: rows === null ? null : { name: given.get('table') ?? 'table.csv', text: rows },
    changes: given.take('changes', [], (list) => list !== null, readChanges),
    view: { showTest: given.get('showTestData') === 'true', discretize: given.get('discretize') === 'true', gradients: given.get('showGradients') === 'true',
      speed: whole(given, 'speed', 1500, 0, 1e7) },
  };
  return { ...said, remarks: remarksOn(given) };
}

// The address's fragment: every setting, so that a copied link reproduces a run. Links of TensorFlow Playground mean here what they mean there.

import { ACTIVATIONS, DATASETS, FEATURES, OPTIMIZERS, changed, plain } from './settings.js';

const REGRESSION = { plane: 'reg-plane', bumps: 'reg-gauss' };
const LONGEST_TABLE = 60_000;

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

function readChanges(text) {
  return text.split(';').map((one) => /^(\d+):(?:rate|(.+)\[(\d+)\])=(.+)$/.exec(one)).filter((found) => found && Number.isFinite(Number(found[4])))
    .map((found) => (found[2] === undefined ? { step: Number(found[1]), rate: Number(found[4]) }
      : { step: Number(found[1]), path: found[2], index: Number(found[3]), value: Number(found[4]) }));
}

/** The fragment of a state, without #. */
export async function write(state) {
  const { settings, view, changes } = state;
  const out = new URLSearchParams();
  if (state.own) {
    out.set('program', await packed(state.text));
  } else {
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
  if (state.table && state.table.text.length <= LONGEST_TABLE && (state.own || settings.data.set === 'csv')) {
    out.set('table', state.table.name);
    out.set('rows', await packed(state.table.text));
  }
  out.set('showTestData', view.showTest);
  out.set('discretize', view.discretize);
  out.set('speed', view.speed);
  if (changes.length > 0) {
    out.set('changes', writeChanges(changes));
  }
  return out.toString();
}

function number(given, key, otherwise, low, high) {
  const value = Number(given.get(key));
  return given.has(key) && Number.isFinite(value) && value >= low && value <= high ? value : otherwise;
}

/** Whole numbers from fractions, as links of the original have them. */
function seed(given, key, otherwise) {
  const value = number(given, key, otherwise, 0, Number.MAX_SAFE_INTEGER);
  return Number.isInteger(value) ? value : Math.round(value * 100_000);
}

function dataOf(given, first) {
  const regression = given.get('problem') === 'regression';
  const named = regression ? Object.keys(REGRESSION).find((key) => REGRESSION[key] === (given.get('regDataset') ?? 'reg-plane')) : given.get('dataset');
  const data = {
    set: DATASETS.some((one) => one.key === named) || named === 'csv' ? named : first.set,
    classes: number(given, 'classes', 2, 2, 8),
    noise: number(given, 'noise', first.noise, 0, 50),
    share: number(given, 'percTrainData', first.share, 10, 90),
    seed: seed(given, 'dataSeed', given.has('seed') ? seed(given, 'seed', first.seed) : first.seed),
  };
  if (data.set === 'csv') {
    data.table = JSON.parse(given.get('columns') ?? 'null');
    if (!data.table || !given.has('rows')) {
      data.set = first.set;
      delete data.table;
    }
  }
  if (!DATASETS.some((one) => one.key === data.set && one.manyClasses)) {
    data.classes = 2;
  }
  return data;
}

/** What a fragment says, beside the first settings for what it does not say; null if it says nothing. */
export async function read(fragment, first) {
  if (!/=/.test(fragment)) {
    return null;
  }
  const given = new URLSearchParams(fragment);
  const activation = given.get('activation') === 'linear' ? 'identity' : given.get('activation');
  const features = Object.entries(FEATURES).filter(([, feature]) => given.get(feature.key) === 'true').map(([name]) => name);
  const layers = (given.get('networkShape') ?? first.layers.join(',')).split(',').filter((units) => units !== '').map(Number);
  const settings = changed(first, {
    data: dataOf(given, first.data),
    features: features.length > 0 ? features : first.features,
    layers: layers.length <= 8 && layers.every((units) => Number.isInteger(units) && units >= 1 && units <= 16) ? layers : first.layers,
    activation: ACTIVATIONS.some(([key]) => key === activation) ? activation : first.activation,
    learning: {
      rate: number(given, 'learningRate', first.learning.rate, 1e-10, 1000),
      batch: number(given, 'batchSize', first.learning.batch, 1, 1000),
      regularization: { L1: 'l1', L2: 'l2' }[given.get('regularization')] ?? 'none',
      strength: number(given, 'regularizationRate', 0, 0, 1000),
      optimizer: OPTIMIZERS.some(([key]) => key === given.get('optimizer')) ? given.get('optimizer') : 'sgd',
      seed: seed(given, 'seed', first.learning.seed),
    },
  });
  return {
    settings,
    program: given.has('program') ? await unpacked(given.get('program')) : null,
    table: given.has('rows') ? { name: given.get('table') ?? 'table.csv', text: await unpacked(given.get('rows')) } : null,
    changes: given.has('changes') ? readChanges(given.get('changes')) : [],
    view: { showTest: given.get('showTestData') === 'true', discretize: given.get('discretize') === 'true', speed: number(given, 'speed', 1500, 0, 1e7) },
  };
}

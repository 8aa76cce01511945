// What the controls can say, and what they say at first. Names and numbers are TensorFlow Playground's where it has them.

export const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
export const STRENGTHS = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
export const ACTIVATIONS = [['relu', 'ReLU'], ['tanh', 'Tanh'], ['sigmoid', 'Sigmoid'], ['identity', 'Linear']];
export const OPTIMIZERS = [['sgd', 'SGD'], ['momentum', 'Momentum'], ['adam', 'Adam'], ['rmsprop', 'RMSProp']];
export const REGULARIZATIONS = [['none', 'None'], ['l1', 'L1'], ['l2', 'L2']];
export const MOST_LAYERS = 8;
export const MOST_UNITS = 16;

export const DATASETS = [
  { key: 'circle', title: 'Circle', problem: 'classification' },
  { key: 'xor', title: 'Exclusive or', problem: 'classification' },
  { key: 'gauss', title: 'Gaussian', problem: 'classification', manyClasses: true },
  { key: 'spiral', title: 'Spiral', problem: 'classification', manyClasses: true },
  { key: 'plane', title: 'Plane', problem: 'regression' },
  { key: 'bumps', title: 'Multi Gaussian', problem: 'regression' },
];

/** By the server's name: what a feature is called in links, and how the page writes it. */
export const FEATURES = {
  X: { key: 'x', html: 'x<sub>1</sub>', said: 'x1' },
  Y: { key: 'y', html: 'x<sub>2</sub>', said: 'x2' },
  X_SQUARED: { key: 'xSquared', html: 'x<sub>1</sub><sup>2</sup>', said: 'x1 squared' },
  Y_SQUARED: { key: 'ySquared', html: 'x<sub>2</sub><sup>2</sup>', said: 'x2 squared' },
  X_TIMES_Y: { key: 'xTimesY', html: 'x<sub>1</sub>x<sub>2</sub>', said: 'x1 times x2' },
  SIN_X: { key: 'sinX', html: 'sin(x<sub>1</sub>)', said: 'sine of x1' },
  SIN_Y: { key: 'sinY', html: 'sin(x<sub>2</sub>)', said: 'sine of x2' },
};

export function problemOf(settings) {
  const data = settings.data;
  if (data.set === 'csv') {
    return data.table.classes > 0 ? 'classification' : 'regression';
  }
  return DATASETS.find((one) => one.key === data.set).problem;
}

/** A copy with parts of it changed: those of data and learning one by one. */
export function changed(settings, { data, learning, ...rest }) {
  return {
    ...settings,
    ...rest,
    data: { ...settings.data, ...data },
    learning: { ...settings.learning, ...learning },
  };
}

/** A number as people write it. */
export function plain(value) {
  return String(value).includes('e') ? value.toFixed(10).replace(/0+$/, '') : String(value);
}

// Maps of the plane: levels of 0 to 255 to pixels.

import { ofClass, scale } from './colours.js';

/** Draws levels into a canvas of that many squares a side; discretized, there are only two colours. */
export function drawLevels(canvas, levels, side, discretize = false) {
  const context = sized(canvas, side);
  const image = context.createImageData(side, side);
  const table = scale();
  for (let i = 0; i < side * side; i++) {
    const level = discretize ? (levels[i] < 128 ? 0 : 255) : levels[i];
    image.data[4 * i] = table[3 * level];
    image.data[4 * i + 1] = table[3 * level + 1];
    image.data[4 * i + 2] = table[3 * level + 2];
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** Draws classes: of each place the class, and behind them of each how sure that is. */
export function drawClasses(canvas, levels, side, discretize = false) {
  const context = sized(canvas, side);
  const image = context.createImageData(side, side);
  const known = new Map();
  for (let i = 0; i < side * side; i++) {
    const sure = discretize ? 255 : levels[side * side + i] & 0xf8;
    const key = levels[i] * 256 + sure;
    if (!known.has(key)) {
      known.set(key, ofClass(levels[i], discretize ? 0.8 : 0.1 + 0.7 * sure / 255));
    }
    const [r, g, b] = known.get(key);
    image.data.set([r, g, b, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}

function sized(canvas, side) {
  if (canvas.width !== side) {
    canvas.width = side;
    canvas.height = side;
  }
  return canvas.getContext('2d');
}

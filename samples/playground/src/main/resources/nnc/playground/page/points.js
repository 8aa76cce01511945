// The points of the data, over the output's map.

import { floats } from './api.js';
import { css, ofClass, ofShare, theme } from './colours.js';

let parts = {};

/** Takes the points of a program. */
export function take(network) {
  parts = {};
  for (const [name, part] of Object.entries(network.data)) {
    parts[name] = { points: floats(part.points), labels: floats(part.labels) };
  }
}

export function part(name) {
  return parts[name];
}

export function colourOf(network, label) {
  if (network.classes.length > 0) {
    return css(ofClass(Math.round(label)));
  }
  return css(ofShare((label - network.low) / Math.max(1e-9, network.high - network.low)));
}

/** Draws them. */
export function draw(canvas, network, showTest, chosen) {
  const size = canvas.clientWidth;
  const ratio = devicePixelRatio || 1;
  if (size === 0) {
    return;
  }
  canvas.width = Math.round(size * ratio);
  canvas.height = canvas.width;
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const { left, right, bottom, top } = network.plane;
  const place = (x, y) => [(x - left) / (right - left) * size, (top - y) / (top - bottom) * size];
  for (const [name, { points, labels }] of Object.entries(parts)) {
    if (name === 'train' || showTest) {
      for (let i = 0; 2 * i < points.length; i++) {
        const [x, y] = place(points[2 * i], points[2 * i + 1]);
        dot(context, x, y, labels.length > i ? colourOf(network, labels[i]) : '#888', name !== 'train');
      }
    }
  }
  if (chosen && parts[chosen.part]) {
    const { points } = parts[chosen.part];
    const [x, y] = place(points[2 * chosen.example], points[2 * chosen.example + 1]);
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.lineWidth = 2;
    context.strokeStyle = theme() === 'dark' ? '#fff' : '#000';
    context.stroke();
  }
}

function dot(context, x, y, colour, isTest) {
  context.beginPath();
  context.arc(x, y, isTest ? 3 : 2.8, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = isTest ? 1.4 : 0.8;
  context.strokeStyle = isTest ? (theme() === 'dark' ? '#000' : '#222') : '#fff';
  context.stroke();
}

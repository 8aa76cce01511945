// Curves of losses.

import uPlot from 'uplot';
import { theme } from './colours.js';

const MOST_POINTS = 1500;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** A number beside a line; 250K for 250,000. */
function short(value) {
  return Math.abs(value) < 10_000 ? value.toLocaleString('en', { maximumSignificantDigits: 4 }) : value.toLocaleString('en', { notation: 'compact' });
}

function axes(small) {
  const text = colour('--soft');
  const grid = { stroke: colour('--line'), width: 1 };
  const font = '11px system-ui, sans-serif';
  return [{ stroke: text, grid: { show: false }, ticks: { show: false }, font, size: 22 },
    { stroke: text, grid, ticks: { show: false }, font, size: small ? 40 : 46, values: (_, splits) => splits.map(short) }];
}

/** A chart in an element, of as many series as it is given. */
export function create(element, { height, small }) {
  let plot = null;
  let shown = '';
  function build(series) {
    plot?.destroy();
    plot = new uPlot({
      width: Math.max(120, element.clientWidth), height, legend: { show: false }, cursor: { y: false, points: { size: 5 } },
      scales: { x: { time: false }, y: { range: (_, low, high) => [0, Math.max(high * 1.05, 1e-6)] } },
      series: [{}, ...series.map((one) => ({ label: one.label, stroke: one.colour, width: one.width ?? 1.6, dash: one.dash, spanGaps: true, points: { show: false } }))],
      axes: axes(small),
    }, [[0], ...series.map(() => [null])], element);
    shown = keyOf(series);
  }
  const keyOf = (series) => `${theme()} ${series.map((one) => `${one.label} ${one.colour}`).join('|')}`;
  new ResizeObserver(() => plot?.setSize({ width: Math.max(120, element.clientWidth), height })).observe(element);
  return {
    /** Series of {label, colour, x, y}; those of several runs have x of their own. */
    draw(series) {
      if (keyOf(series) !== shown || !plot) {
        build(series);
      }
      plot.setData(series.length === 0 ? [[0]] : uPlot.join(series.map((one) => [one.x, one.y])));
    },
  };
}

/** Losses as they come; where they become many, every second one is dropped. */
export class Curve {
  constructor() {
    this.x = [];
    this.train = [];
    this.test = [];
    this.every = 0;
  }

  add(epoch, train, test) {
    const last = this.x.at(-1);
    if (last !== undefined && epoch < last) {
      this.x = [];
      this.train = [];
      this.test = [];
      this.every = 0;
    }
    if (last === epoch) {
      this.x.pop();
      this.train.pop();
      this.test.pop();
    } else if (last !== undefined && epoch - last < this.every && this.x.length > 2) {
      return;
    }
    this.x.push(epoch);
    this.train.push(train);
    this.test.push(test);
    if (this.x.length > MOST_POINTS) {
      const keep = (_, i) => i % 2 === 0;
      this.x = this.x.filter(keep);
      this.train = this.train.filter(keep);
      this.test = this.test.filter(keep);
      this.every = (this.x.at(-1) - this.x[0]) / MOST_POINTS;
    }
  }

  copy() {
    const other = new Curve();
    other.x = [...this.x];
    other.train = [...this.train];
    other.test = [...this.test];
    return other;
  }
}

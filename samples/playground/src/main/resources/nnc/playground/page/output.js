// The right side: losses, the map of the output or of a unit, its legend, and what the compiler says.

import { bytes } from './api.js';
import { css, ofClass, ofShare } from './colours.js';
import { drawClasses, drawLevels } from './heat.js';
import { short } from './network.js';

const byId = (id) => document.getElementById(id);

/** The map of the output, or of the unit that is looked at. */
export function draw(frame, described, view, focus) {
  const map = byId('map');
  if (focus && frame.large) {
    drawLevels(map, bytes(frame.large), described.fine, view.discretize);
    caption(`${focus.value}, unit ${focus.unit + 1}`);
  } else {
    (described.tellsClasses ? drawClasses : drawLevels)(map, bytes(frame.output), described.fine, view.discretize);
    map.setAttribute('aria-label', `What the network predicts over the plane; ${said(frame)}`);
    if (!focus) {
      caption('');
    }
  }
}

export function caption(text) {
  byId('map-caption').textContent = text;
  byId('map-caption').hidden = text === '';
}

const TITLES = { train: 'Training', validate: 'Validation', test: 'Test' };

/** Counters, losses and accuracies. */
export function losses(frame) {
  byId('epoch-count').textContent = String(frame.epoch).padStart(6, '0').replace(/(\d)(?=(\d{3})+$)/g, '$1,');
  byId('step-count').textContent = `step ${frame.step.toLocaleString('en')}`;
  byId('rate-now').textContent = frame.running && frame.speed > 0 ? `${frame.speed.toLocaleString('en')} steps/s` : '';
  const list = byId('losses');
  const parts = Object.entries(frame.figures).map(([part, figures]) => {
    const loss = document.createElement('div');
    loss.className = `loss ${part}`;
    const others = Object.entries(figures).filter(([name]) => name !== 'loss' && !name.startsWith('loss.')).map(([name, value]) => `${name} ${name === 'accuracy' && value !== null ? `${(100 * value).toFixed(1)} %` : short(value)}`);
    loss.innerHTML = `<dt>${TITLES[part]} loss</dt><dd></dd><dd class="fine"></dd>`;
    loss.children[1].textContent = short(figures.loss);
    loss.children[1].id = `loss-${part}`;
    loss.children[2].textContent = others.join(', ');
    return loss;
  });
  list.replaceChildren(...parts);
}

/** The losses in words. */
export function said(frame) {
  return Object.entries(frame?.figures ?? {}).map(([part, figures]) => `${TITLES[part].toLowerCase()} loss ${short(figures.loss)}`).join(', ');
}

/** What colours mean. */
export function legend(described) {
  const place = byId('legend');
  if (described.classes.length > 0) {
    place.className = 'legend classes';
    place.replaceChildren(...described.classes.map((name, i) => {
      const item = document.createElement('span');
      item.innerHTML = `<span class="swatch"></span>`;
      item.firstChild.style.background = css(ofClass(i));
      item.append(name);
      return item;
    }));
    return;
  }
  place.className = 'legend scale';
  const [low, high] = described.scale;
  const steps = [0, 0.25, 0.5, 0.75, 1].map((share) => css(ofShare(share)));
  place.innerHTML = `<span class="gradient"></span><span class="ends"><span></span><span></span><span></span></span>`;
  place.firstChild.style.background = `linear-gradient(to right, ${steps.join(', ')})`;
  [low, (low + high) / 2, high].forEach((value, i) => { place.lastChild.children[i].textContent = short(value).replace(/\.?0+$/, '') || '0'; });
}

/** What the compiler says, as a list whose items lead to their places. */
export function faults(answer, go) {
  const list = byId('faults');
  const all = [...(answer.diagnostics ?? [])];
  if (answer.message) {
    all.push({ severity: 'error', message: answer.message, more: '' });
  }
  list.replaceChildren(...all.map((one) => {
    const item = document.createElement('li');
    item.className = one.severity;
    const head = document.createElement(one.line ? 'button' : 'span');
    if (one.line) {
      head.type = 'button';
      head.className = 'text';
      head.addEventListener('click', () => go(one.line, one.column));
    }
    head.textContent = `${one.line ? `${one.line}:${one.column} ` : ''}${one.message}`;
    item.append(head);
    if (one.more) {
      const more = document.createElement('span');
      more.className = 'more';
      more.textContent = one.more;
      item.append(more);
    }
    return item;
  }));
}

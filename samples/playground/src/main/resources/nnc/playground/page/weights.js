// All weights as tables whose numbers can be changed: what edges show to who sees them, for everybody.

import { allWeights, short } from './network.js';

const MOST_SHOWN = 300;

let place;
let edit;
let parameters = [];
let inputs = new Map();

/** @param set is given a path, an index and a value */
export function mount(element, set) {
  place = element;
  edit = set;
}

export function build(described) {
  parameters = described.parameters;
  inputs = new Map();
  place.replaceChildren();
  let left = MOST_SHOWN;
  for (const { path, shape } of parameters) {
    const size = shape.reduce((a, b) => a * b, 1);
    if (left < size) {
      const note = document.createElement('p');
      note.className = 'fine';
      note.textContent = `${path}: ${size} numbers, in the file of weights`;
      place.append(note);
      continue;
    }
    left -= size;
    place.append(table(path, shape, size));
  }
}

function table(path, shape, size) {
  const columns = shape.length === 0 ? 1 : shape.at(-1);
  const element = document.createElement('table');
  element.className = 'weights';
  const caption = element.createCaption();
  caption.textContent = `${path} [${shape.join(', ')}]`;
  const cells = [];
  for (let i = 0; i < size; i++) {
    const row = i % columns === 0 ? element.insertRow() : element.rows[element.rows.length - 1];
    const input = document.createElement('input');
    input.type = 'number';
    input.step = 'any';
    input.setAttribute('aria-label', `${path}, row ${Math.floor(i / columns) + 1}, column ${i % columns + 1}`);
    input.dataset.weight = `${path}[${i}]`;
    input.addEventListener('change', () => {
      if (input.value !== '' && Number.isFinite(Number(input.value))) {
        edit(path, i, Number(input.value));
      }
    });
    row.insertCell().append(input);
    cells.push(input);
  }
  inputs.set(path, cells);
  return element;
}

/** Shows the numbers of the last frame, but for one that is being written. */
export function draw() {
  const weights = allWeights();
  for (const [path, cells] of inputs) {
    const values = weights[path];
    cells.forEach((input, i) => {
      if (input !== document.activeElement && values) {
        input.value = short(values[i]);
      }
    });
  }
}

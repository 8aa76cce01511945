// The data: which set, the user's own table, and how it is drawn.

import { upload } from './api.js';
import { DATASETS } from './settings.js';

const byId = (id) => document.getElementById(id);

/** What the generated sets look like, drawn by hand. */
const PICTURES = {
  circle: '<circle cx="20" cy="20" r="14.5" class="b" fill="none" stroke-width="4" stroke-dasharray="2.6 1.6"/><g class="a"><circle cx="20" cy="20" r="6"/></g>',
  xor: '<g class="a"><rect x="6" y="22" width="12" height="12" rx="2"/><rect x="22" y="6" width="12" height="12" rx="2"/></g><g class="b"><rect x="6" y="6" width="12" height="12" rx="2"/><rect x="22" y="22" width="12" height="12" rx="2"/></g>',
  gauss: '<g class="a"><circle cx="27" cy="13" r="7"/></g><g class="b"><circle cx="13" cy="27" r="7"/></g>',
  spiral: '<path class="a line" d="M20 20c2-4 7-2 7 2 0 6-7 9-12 6-7-4-7-14 0-18 4-3 10-3 14-1"/><path class="b line" d="M20 20c-2 4-7 2-7-2 0-6 7-9 12-6 7 4 7 14 0 18-4 3-10 3-14 1"/>',
  plane: '<defs><linearGradient id="plane-fill" x1="0" y1="1" x2="1" y2="0"><stop offset="0" class="stop-b"/><stop offset=".5" class="stop-middle"/><stop offset="1" class="stop-a"/></linearGradient></defs><rect x="5" y="5" width="30" height="30" rx="3" fill="url(#plane-fill)"/>',
  bumps: '<g class="a"><circle cx="9" cy="13" r="4.5"/><circle cx="31" cy="13" r="4.5"/><circle cx="20" cy="27" r="4.5"/></g><g class="b"><circle cx="20" cy="13" r="4.5"/><circle cx="9" cy="27" r="4.5"/><circle cx="31" cy="27" r="4.5"/></g>',
  csv: '<g class="grid"><path d="M6 8h28v24H6zM6 16h28M6 24h28M15 8v24M25 8v24"/></g>',
};

/** Of whole numbers, how many different ones are taken for classes unless one says otherwise. */
const FEW_CLASSES = 10;

let handlers;
/** The user's table: its name, text and columns. */
let table = null;

/** Handlers: choose(set), table(choice), notice(text). */
export function mount(given) {
  handlers = given;
  byId('choose-file').addEventListener('click', () => byId('file').click());
  byId('file').addEventListener('change', () => takeFile(byId('file').files[0]));
  const drop = byId('drop');
  for (const target of [drop, document.body]) {
    target.addEventListener('dragover', (event) => {
      if ([...event.dataTransfer.types].includes('Files')) {
        event.preventDefault();
        drop.classList.add('over');
      }
    });
    target.addEventListener('dragleave', () => drop.classList.remove('over'));
    target.addEventListener('drop', (event) => {
      if (event.dataTransfer.files.length > 0) {
        event.preventDefault();
        event.stopPropagation();
        drop.classList.remove('over');
        takeFile(event.dataTransfer.files[0]);
      }
    });
  }
}

/** Shows which set is chosen, of those of a problem. */
export function show(settings, problem) {
  const group = byId('datasets');
  group.replaceChildren();
  const sets = DATASETS.filter((one) => one.problem === problem);
  if (table) {
    sets.push({ key: 'csv', title: table.name });
  }
  const chosen = settings.data.set;
  sets.forEach((one, i) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'dataset';
    button.id = `dataset-${one.key}`;
    button.setAttribute('role', 'radio');
    button.setAttribute('aria-checked', one.key === chosen);
    button.setAttribute('aria-label', one.title);
    button.title = one.title;
    button.tabIndex = one.key === chosen || i === 0 && !sets.some((other) => other.key === chosen) ? 0 : -1;
    button.innerHTML = `<svg viewBox="0 0 40 40" aria-hidden="true">${PICTURES[one.key]}</svg><span>${one.key === 'csv' ? 'Yours' : one.title}</span>`;
    button.addEventListener('click', () => (one.key === 'csv' ? chooseColumns() : handlers.choose(one.key)));
    group.append(button);
  });
  group.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const buttons = [...group.children];
      const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
      const id = next.id;
      next.click();
      byId(id)?.focus();
    }
  };
  byId('table-columns').hidden = chosen !== 'csv' || !table;
}

// ---- tables

export function current() {
  return table;
}

/** As the server has it. */
const LARGEST_BYTES = 4 << 20;

/** The text of a file: UTF-8, UTF-16 where it begins by its mark, or else what Windows writes in the west. */
function textOf(bytes) {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  try {
    return new TextDecoder(mark ?? 'utf-8', { fatal: mark === null }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

async function takeFile(file) {
  if (file && file.size > LARGEST_BYTES) {
    handlers.notice(`${file.name} has ${(file.size / (1 << 20)).toFixed(1)} MB, and the page takes tables of up to 4 MB.`);
    byId('file').value = '';
  } else if (file) {
    await take(file.name.replace(/\.[^.]*$/, '').replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40) || 'table', textOf(new Uint8Array(await file.arrayBuffer())));
    byId('file').value = '';
  }
}

/** Takes a table's text, and asks which columns are meant; chosen are the first two of numbers and the last. */
export async function take(title, text, choice) {
  try {
    const name = title.endsWith('.csv') ? title : `${title}.csv`;
    const answer = await upload(name, text);
    table = { name, text, columns: answer.columns, rows: answer.rows };
    if (!choice) {
      chooseColumns();
    } else {
      columnFields(choice);
    }
  } catch (error) {
    handlers.notice(error.message);
  }
}

function chooseColumns() {
  const numbers = table.columns.filter((column) => column.numbers);
  const named = (name) => numbers.find((column) => column.name.toLowerCase() === name)?.name;
  const x = named('x') ?? named('x1') ?? numbers[0].name;
  const y = named('y') ?? named('x2') ?? numbers.find((column) => column.name !== x).name;
  const others = table.columns.filter((column) => column.name !== x && column.name !== y && (column.classes.length > 0 || column.numbers));
  const label = others.at(-1) ?? numbers.find((column) => column.name !== x);
  columnFields({ x, y, label: label.name, classes: kindOf(label) });
  tell();
}

/** How many classes a column is taken for: of numbers none, unless there are few different whole ones. */
function kindOf(column) {
  const few = column.classes.length > 0 && column.classes.length <= FEW_CLASSES && column.classes.every((one) => /^-?\d+$/.test(one));
  return column.numbers && !few ? 0 : column.classes.length;
}

function columnFields(choice) {
  const place = byId('table-columns');
  place.hidden = false;
  place.replaceChildren();
  const numbers = table.columns.filter((column) => column.numbers);
  const labels = table.columns.filter((column) => column.numbers || column.classes.length > 0);
  const line = document.createElement('p');
  line.className = 'fine';
  line.textContent = `${table.name}: ${table.rows} rows`;
  place.append(line, field('Across', 'column-x', numbers, choice.x), field('Up', 'column-y', numbers, choice.y), field('To learn', 'column-label', labels, choice.label));
  const label = table.columns.find((column) => column.name === choice.label);
  if (label.numbers && label.classes.length > 0) {
    const kind = document.createElement('label');
    kind.className = 'check';
    kind.innerHTML = '<input type="checkbox" id="column-classes"> as classes';
    kind.firstChild.checked = choice.classes > 0;
    kind.firstChild.addEventListener('change', tell);
    place.append(kind);
  }
}

function field(title, id, columns, chosen) {
  const label = document.createElement('label');
  label.className = 'field';
  label.textContent = `${title} `;
  const select = document.createElement('select');
  select.id = id;
  for (const column of columns) {
    select.add(new Option(column.name, column.name, false, column.name === chosen));
  }
  select.addEventListener('change', () => {
    const column = table.columns.find((one) => one.name === byId('column-label').value);
    columnFields({ x: byId('column-x').value, y: byId('column-y').value, label: column.name, classes: kindOf(column) });
    tell();
  });
  label.append(select);
  return label;
}

function tell() {
  const column = table.columns.find((one) => one.name === byId('column-label').value);
  const asClasses = byId('column-classes') ? byId('column-classes').checked : kindOf(column) > 0;
  handlers.table({ file: table.name, x: byId('column-x').value, y: byId('column-y').value, label: column.name, classes: asClasses ? column.classes.length : 0,
    centre: asClasses ? 0 : column.centre, spread: asClasses ? 1 : column.spread });
}

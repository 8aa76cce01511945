// Shows what a network takes, sends one request as anybody else would, and shows what comes back.
const by = (id) => document.getElementById(id);
const MOST_SHOWN = 100;
let model;

function element(name, text, properties = {}) {
  const made = document.createElement(name);
  if (text !== undefined) {
    made.textContent = text;
  }
  return Object.assign(made, properties);
}

async function asked(path, request) {
  const answer = await fetch(path, request);
  const body = await answer.json();
  if (!answer.ok) {
    throw new Error(body.error ?? `status ${answer.status}`);
  }
  return body;
}

/** Open sizes are 1 unless more is written into the field. */
const elements = (shape) => shape.reduce((product, size) => product * (size < 0 ? 1 : size), 1);

function field(input) {
  const label = element('label', undefined, { className: 'field' });
  label.append(element('span', input.name));
  const classes = input.parameters?.classes ?? [];
  const count = elements(input.shape);
  let control;
  if (classes.length > 0 && count === 1) {
    control = element('select');
    control.append(...classes.map((one) => element('option', one)));
  } else if (count === 1 && !input.shape.slice(1).some((size) => size < 0)) {
    control = element('input', undefined, { value: input.datatype === 'BYTES' ? '' : '0', autocomplete: 'off' });
  } else {
    control = element('textarea', undefined, { value: `[${Array(Math.min(count, 4096)).fill(0).join(', ')}]`, spellcheck: false });
  }
  control.name = input.name;
  label.append(control, element('span', input.parameters?.declared ?? `${input.datatype} [${input.shape}]`, { className: 'fine' }));
  return label;
}

function value(text, input) {
  if (input.datatype === 'BYTES') {
    return text.trim().startsWith('[') ? JSON.parse(text) : text;
  }
  try {
    return JSON.parse(text.trim() === '' ? 'null' : text);
  } catch {
    throw new Error(`${input.name}: numbers, as JSON writes them: 1.5, or [1, 2]`);
  }
}

/** The shape that an array fills: sizes that are open follow from how many elements there are, the first of them for all. */
function filled(shape, count) {
  const known = shape.reduce((product, size) => product * (size < 0 ? 1 : size), 1);
  let open = shape.filter((size) => size < 0).length;
  return shape.map((size) => {
    if (size >= 0) {
      return size;
    }
    open -= 1;
    return open === 0 ? Math.max(1, Math.floor(count / known)) : 1;
  });
}

function request() {
  const form = new FormData(by('inputs'));
  return {
    inputs: model.inputs.map((input) => {
      const data = [value(form.get(input.name), input)].flat(Infinity);
      return { name: input.name, datatype: input.datatype, shape: filled(input.shape, data.length), data };
    }),
  };
}

function shown(output) {
  const classes = model.outputs.find((one) => one.name === output.name)?.parameters?.classes ?? [];
  const table = element('table');
  table.append(element('caption', `${output.name}  ${output.datatype} [${output.shape.join(', ')}]`, { className: 'fine' }));
  const chances = classes.length === output.data.length && output.data.every((one) => one >= 0 && one <= 1);
  output.data.slice(0, MOST_SHOWN).forEach((one, place) => {
    const row = element('tr');
    const name = classes.length === output.data.length ? classes[place] : place;
    const said = classes.length > 0 && output.data.length === 1 ? `${one}  ${classes[one] ?? ''}` : String(one);
    row.append(element('th', output.data.length === 1 ? '' : name), element('td', said));
    if (chances) {
      const bar = element('td');
      bar.append(element('meter', undefined, { value: one, ariaLabel: `${name}: ${one}` }));
      row.append(bar);
    }
    table.append(row);
  });
  if (output.data.length > MOST_SHOWN) {
    table.append(element('tr', `and ${output.data.length - MOST_SHOWN} more`));
  }
  return table;
}

const address = () => new URL(`v2/models/${encodeURIComponent(model.name)}/infer`, location.href).href;

function tellCurl() {
  try {
    const body = JSON.stringify(request()).replaceAll("'", "'\\''");
    by('curl').textContent = `curl -H 'Content-Type: application/json' -d '${body}' ${address()}`;
  } catch {
    // half a number is being written
  }
}

async function predict(event) {
  event?.preventDefault();
  by('fault').hidden = true;
  try {
    const answer = await asked(address(), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(request()) });
    by('outputs').replaceChildren(...answer.outputs.map(shown));
  } catch (fault) {
    by('fault').textContent = fault.message;
    by('fault').hidden = false;
  }
}

async function choose(name) {
  model = await asked(`v2/models/${encodeURIComponent(name)}`);
  by('inputs').replaceChildren(...model.inputs.map(field));
  by('title').textContent = model.name;
  document.title = model.name;
  tellCurl();
}

async function begin() {
  const models = await asked('v2/repository/index', { method: 'POST' });
  by('model').replaceChildren(...models.map((one) => element('option', one.name)));
  by('choice').hidden = models.length === 1;
  by('model').addEventListener('change', () => choose(by('model').value));
  by('inputs').addEventListener('submit', predict);
  by('inputs').addEventListener('input', tellCurl);
  await choose(models[0].name);
  const ready = await fetch('v2/health/ready');
  by('state').textContent = ready.ok ? 'ready' : 'not ready';
}

begin().catch((fault) => {
  by('fault').textContent = fault.message;
  by('fault').hidden = false;
});

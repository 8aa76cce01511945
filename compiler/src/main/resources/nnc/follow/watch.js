// Shows what the server tells of a training: a line of JSON an event, pictures by their versions.
'use strict';
const find = id => document.getElementById(id);
const rates = [];
let ended = false;

function number(value) {
  if (value === null) return 'not finite';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(3) : value.toFixed(4).replace(/\.?0+$/, '') || '0';
}

function figures(list) {
  find('figures').replaceChildren(...list.map(({name, value}) => {
    const box = document.createElement('div');
    const term = document.createElement('dt');
    const data = document.createElement('dd');
    term.textContent = name;
    data.textContent = number(value);
    box.append(term, data);
    return box;
  }));
}

function rate(value) {
  if (value > 0) rates.push(value);
  if (rates.length > 300) rates.shift();
  const most = Math.max(...rates, 1);
  find('rates').setAttribute('points', rates.map((r, i) => `${300 * i / Math.max(1, rates.length - 1)},${58 - 54 * r / most}`).join(' '));
  find('rate').textContent = Math.round(value).toLocaleString('en');
}

function pictures(list) {
  for (const {file, caption, version} of list) {
    let figure = document.querySelector(`figure[data-file="${CSS.escape(file)}"]`);
    if (!figure) {
      figure = document.createElement('figure');
      figure.dataset.file = file;
      const image = document.createElement('img');
      image.className = file.endsWith('.png') ? 'pixels' : '';
      figure.append(image, document.createElement('figcaption'));
      find('pictures').append(figure);
    }
    figure.lastChild.textContent = caption;
    figure.firstChild.alt = caption;
    if (figure.dataset.version !== String(version)) {
      figure.dataset.version = version;
      const next = new Image();
      next.onload = () => { figure.firstChild.src = next.src; };
      next.src = `picture/${encodeURIComponent(file)}?${version}`;
    }
  }
}

const events = new EventSource('events');
events.onmessage = message => {
  const told = JSON.parse(message.data);
  document.title = `${told.name}: nnc`;
  find('name').textContent = told.name;
  ended = told.ended;
  find('state').textContent = `epoch ${told.epoch} of ${told.epochs}, step ${told.step}, ${told.done} of ${told.examples} examples` + (ended ? '; training has ended' : '');
  find('epoch').value = told.examples ? told.done / told.examples : 0;
  figures(told.figures);
  rate(told.rate);
  pictures(told.pictures);
  if (ended) events.close();
};
events.onerror = () => {
  if (!ended) find('state').textContent += ' (the training cannot be reached)';
};

// What the page asks of the server that it came from.

let desk = '';

async function ask(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Error('The playground cannot be reached: it may have ended.');
  }
  const type = response.headers.get('Content-Type') ?? '';
  const answer = type.startsWith('application/json') ? await response.json() : { message: await response.text() };
  if (!response.ok) {
    throw new Error(answer.message || `the server answers ${response.status}`);
  }
  return answer;
}

/** Asks for something, and gives the answer; throws an Error with the server's message if it refuses. */
export function post(what, body = {}) {
  return ask(`/api/${what}?desk=${desk}`, { method: 'POST', body: JSON.stringify(body) });
}

/** Gets this page a desk: a place on the server for its program, tables and training. */
export async function open() {
  const answer = await ask('/api/desk', { method: 'POST', body: '{}' });
  desk = answer.desk;
  return answer;
}

/** Hands a table to the server; gives its columns. */
export function upload(name, text) {
  return ask(`/api/table?desk=${desk}&name=${encodeURIComponent(name)}`, { method: 'POST', body: text });
}

/** Listens to the server: handlers by the names of events. */
export function listen(handlers, lost) {
  const source = new EventSource(`/api/events?desk=${desk}`);
  for (const [name, handler] of Object.entries(handlers)) {
    source.addEventListener(name, (event) => handler(JSON.parse(event.data)));
  }
  source.onerror = () => lost(source.readyState === EventSource.CLOSED);
  source.onopen = () => lost(null);
  return source;
}

export function downloadAddress(kind) {
  return `/api/download?desk=${desk}&kind=${kind}`;
}

// ---- arrays as the server writes them

/** Bytes of a Base64 text. */
export function bytes(text) {
  const plain = atob(text);
  const out = new Uint8Array(plain.length);
  for (let i = 0; i < plain.length; i++) {
    out[i] = plain.charCodeAt(i);
  }
  return out;
}

/** Floats of a Base64 text. */
export function floats(text) {
  return new Float32Array(bytes(text).buffer);
}

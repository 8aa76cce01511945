// What is told to the user beside the picture: faults where everybody sees them, events for screen readers.

const byId = (id) => document.getElementById(id);

/** Shows a message until another takes its place; an empty one takes it away. */
export function notice(text) {
  byId('notice').textContent = text;
  byId('notice').hidden = text === '';
}

/** The message that is shown; empty if none is. */
export function said() {
  return byId('notice').textContent;
}

/** Tells a screen reader. */
export function announce(text) {
  byId('announcements').textContent = text;
}

/** Lets a button say something for a moment. */
export function say(button, text) {
  const before = button.dataset.text ?? button.textContent;
  button.dataset.text = before;
  button.textContent = text;
  setTimeout(() => { button.textContent = before; }, 1500);
}

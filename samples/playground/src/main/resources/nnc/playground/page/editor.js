// The program's text, with colours, and what the compiler says at its places.

import { EditorState } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentUnit } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { nn } from './language.js';

let view;
let quiet = false;

/** Puts an editor into an element; tells of each change that the user makes. */
export function mount(element, changed) {
  view = new EditorView({
    parent: element,
    state: EditorState.create({
      extensions: [lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), indentUnit.of('  '), lintGutter(), nn,
        // Escape first, then Tab, leaves the editor by keyboard
        keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
        EditorView.contentAttributes.of({ 'aria-label': 'The program, in the language of nnc. Escape and then Tab leaves the editor.' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !quiet) {
            changed(view.state.doc.toString());
          }
        })],
    }),
  });
}

export function text() {
  return view.state.doc.toString();
}

/** Shows another text; the cursor stays where it can, and the user may undo it. */
export function show(other) {
  const before = text();
  if (before === other) {
    return;
  }
  let start = 0;
  while (start < before.length && start < other.length && before[start] === other[start]) {
    start++;
  }
  let end = 0;
  while (end < before.length - start && end < other.length - start && before[before.length - 1 - end] === other[other.length - 1 - end]) {
    end++;
  }
  quiet = true;
  view.dispatch({ changes: { from: start, to: before.length - end, insert: other.slice(start, other.length - end) } });
  quiet = false;
}

/** Columns count code points, the editor's places count units of UTF-16. */
function place(line, column) {
  const found = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
  return Math.min(found.from + [...found.text].slice(0, Math.max(0, column - 1)).join('').length, found.to);
}

/** Marks what the compiler says. */
export function mark(diagnostics) {
  view.dispatch(setDiagnostics(view.state, diagnostics.filter((one) => one.line).map((one) => {
    const from = place(one.line, one.column);
    const to = Math.max(from, place(one.endLine, one.endColumn));
    return { from, to: to === from ? Math.min(from + 1, view.state.doc.length) : to, severity: one.severity, message: [one.message, one.more].filter(Boolean).join('\n') };
  })));
}

/** Leads to a place. */
export function go(line, column) {
  const at = place(line, column);
  view.dispatch({ selection: { anchor: at }, scrollIntoView: true });
  view.focus();
}

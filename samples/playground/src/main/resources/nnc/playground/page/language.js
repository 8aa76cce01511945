// The language's words, for colours in the editor: as the grammar has them.

import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';

const DECLARES = new Set(['import', 'const', 'input', 'target', 'layer', 'optimizer', 'output', 'loss', 'metric', 'regularize', 'constrain', 'freeze', 'fn', 'param', 'state',
  'data', 'train', 'gradient']);
const CONTROLS = new Set(['for', 'in', 'if', 'else', 'then', 'while', 'return', 'and', 'or', 'not', 'on']);
const TYPES = new Set(['float', 'int', 'bool', 'category', 'hashed', 'date']);
const VALUES = new Set(['true', 'false', 'none', 'pi', 'infinity']);

const language = StreamLanguage.define({
  token(stream) {
    if (stream.eatSpace()) {
      return null;
    }
    if (stream.match(/^#.*/)) {
      return 'comment';
    }
    if (stream.match(/^"(?:\\.|[^"\\])*"?/)) {
      return 'string';
    }
    if (stream.match(/^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/)) {
      return 'number';
    }
    const word = stream.match(/^[\p{L}_][\p{L}\p{N}_]*/u);
    if (word) {
      const [name] = word;
      if (DECLARES.has(name)) {
        return 'keyword';
      }
      if (CONTROLS.has(name)) {
        return 'controlKeyword';
      }
      if (TYPES.has(name)) {
        return 'typeName';
      }
      if (VALUES.has(name)) {
        return 'atom';
      }
      return stream.match(/^\s*\(/, false) ? 'propertyName' : 'variableName';
    }
    if (stream.match(/^(?:\|>|->|=>|==|!=|<=|>=|\.\.)/) || stream.match(/^[-+*/^@=<>]/)) {
      return 'operator';
    }
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: '#' } },
});

const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: tags.number, color: 'var(--code-number)' },
  { tag: tags.keyword, color: 'var(--code-keyword)', fontWeight: '600' },
  { tag: tags.controlKeyword, color: 'var(--code-keyword)' },
  { tag: tags.typeName, color: 'var(--code-type)' },
  { tag: tags.atom, color: 'var(--code-number)' },
  { tag: tags.propertyName, color: 'var(--code-call)' },
  { tag: tags.operator, color: 'var(--soft)' },
]);

export const nn = [language, syntaxHighlighting(colours)];

package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.syntax.Ast;

/** A fault of the user's on its way from the expression where it was found to the statement that reports it. */
final class ElaborationFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Diagnostics.Note> notes = new ArrayList<>();
  private final transient Span span;
  /** What other languages have, and what makes arrays of a size that only the data tell. */
  private static final Set<String> SIZED_BY_DATA = Set.of("nonzero", "unique", "compress", "masked_select", "boolean_mask");

  private final transient List<String> hints = new ArrayList<>();
  /** Whether what it is about has been told with its places, or is nothing that a place could be told of. */
  private transient boolean placed;
  /** Whether nothing is compiled after it. */
  private transient boolean last;
  private transient String unknown = "";

  ElaborationFault(Span span, String message) {
    super(message, null, false, false);
    this.span = span;
  }

  Span span() {
    return span;
  }

  ElaborationFault note(String text, Span place) {
    notes.add(new Diagnostics.Note(text, place));
    return this;
  }

  /** What to do about it; nothing if empty. */
  ElaborationFault hint(String text) {
    if (!text.isEmpty() && !hints.contains(text)) {
      hints.add(text);
    }
    return this;
  }

  /** Tells of what came only if nobody has. */
  boolean isPlaced() {
    return placed;
  }

  ElaborationFault placed() {
    placed = true;
    return this;
  }

  /** Nothing is compiled after it: of what would be told, most would follow from what is missing. */
  ElaborationFault last() {
    last = true;
    return this;
  }

  /** A name without a value, here. */
  static ElaborationFault unknown(Ast.Name name, String suggestion) {
    var fault = new ElaborationFault(name.span(), "unknown name " + name.name() + suggestion);
    fault.unknown = name.name();
    return SIZED_BY_DATA.contains(name.name()) ? fault.hint("results whose size depends on the data are not offered; where(mask, x, 0) keeps the shape") : fault;
  }

  /** The name that has no value, if this is the fault; empty otherwise. */
  String unknown() {
    return unknown;
  }

  /** The same fault in other words. */
  ElaborationFault said(String message) {
    var said = new ElaborationFault(span, message);
    said.notes.addAll(notes);
    said.placed = placed;
    said.last = last;
    return said;
  }

  ElaborationFault note(String text) {
    return note(text, Span.NONE);
  }

  /**
   * The same fault told from a call: a fault in the library is shown where the user called it, with the name that the user called. Calls that a
   * recursion repeats are told once.
   */
  ElaborationFault from(String callee, Span call, boolean library) {
    if (!library) {
      var note = new Diagnostics.Note("in " + callee + ", called here", call);
      return notes.contains(note) || call.equals(span) ? this : note(note.text(), call);
    }
    var prefix = LibraryText.has(call.file()) || callee.equals(Expressions.LAMBDA) || getMessage().startsWith(callee + ": ") ? "" : callee + ": ";
    var moved = new ElaborationFault(call, prefix + getMessage());
    moved.notes.addAll(notes);
    moved.hints.addAll(hints);
    moved.placed = placed;
    moved.last = last;
    return moved;
  }

  void report(Diagnostics diagnostics) {
    var fault = diagnostics.error(span, getMessage());
    notes.forEach(note -> fault.note(note.text(), note.span()));
    hints.forEach(fault::hint);
    if (last) {
      diagnostics.end();
    }
  }
}

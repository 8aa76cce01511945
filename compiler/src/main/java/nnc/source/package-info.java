/**
 * Where something stands in a program's text, and how it is told.
 *
 * <p>{@link Span} is a place, {@link Diagnostics} collects faults and warnings as data, with a place, a note and a hint each, and
 * {@link Rendering} draws them under the line that they speak of, or as JSON. {@link Suggestion} finds the name that was meant.
 * It knows nothing else of the compiler.
 */
package nnc.source;

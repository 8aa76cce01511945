package nnc.elaborate;

import nnc.source.Span;

/**
 * What became of a {@code for} over a range of numbers.
 *
 * @param place  in the program, where it stands or is called
 * @param turns  how many
 * @param rolled whether it is one body that is run so often; otherwise turns are written out
 * @param why    in a few words
 */
public record LoopChoice(Span place, long turns, boolean rolled, String why) {}

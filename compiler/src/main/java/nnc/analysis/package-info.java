/**
 * What can be known of a graph without running it.
 *
 * <p>{@link BatchAxes} finds the axis of each node that counts examples, and whether these are apart from each other;
 * {@link Batch} chooses the dimension that is the batch. {@link IntervalAnalysis} bounds what an index may be,
 * {@link BoundsAnalysis} what meets an infinite slope.
 */
package nnc.analysis;

/**
 * Gradients: reverse mode on the graph, giving more graph.
 *
 * <p>{@link Gradients} walks backwards from a scalar, {@link Rules} has the rule of each op in one exhaustive switch.
 * What comes out is differentiated again as it is. {@link Slopes} and {@link ChosenElements} keep a slope that is
 * infinite or no number from those that a choice has left out.
 */
package nnc.differentiate;

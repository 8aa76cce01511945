/**
 * Rewrites of a graph that keep what it computes.
 *
 * <p>{@link Pipeline#STANDARD} is the list, in order; each {@link Pass} is verified after and can be left out. Identities of
 * algebra stand in {@link Simplify}, one a line. The last, {@link Legalize}, makes what kernels can compute of what is left.
 * {@link MetricReduction} takes a metric apart into what each batch gives and what is made of all of them.
 */
package nnc.passes;

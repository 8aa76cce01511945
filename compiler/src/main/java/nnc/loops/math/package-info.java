/**
 * Elementary functions and random draws as expressions of the loop IR, so that their bits are the same on every machine.
 *
 * <p>{@link ElementaryFunctions} expands exp, log, tanh, pow and the rest into sums and products, by reductions and polynomials
 * ({@link PolynomialCoefficients} says where they are from); {@link RandomDraws} draws by counters.
 */
package nnc.loops.math;

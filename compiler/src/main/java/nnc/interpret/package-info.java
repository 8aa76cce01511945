/**
 * What a graph means: {@link Interpreter} computes it node by node in double, as plainly as it can be written.
 *
 * <p>It is the oracle of the tests, and computes what the compiler must know of constants. No speed is sought here.
 */
package nnc.interpret;

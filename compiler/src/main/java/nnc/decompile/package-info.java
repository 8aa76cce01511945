/**
 * From graphs back to programs: {@link GraphSource} writes a graph as {@code .nn} source that compiles to a graph of the same meaning. {@link Forms} says
 * how a node is written, {@link Idioms} which groups of nodes are one call of the library, {@link Stretching} where NumPy's rule says what a
 * broadcast does, {@link WeightLayers} how weights get their paths again, {@link Adjoints} what of the library has no name there.
 */
package nnc.decompile;

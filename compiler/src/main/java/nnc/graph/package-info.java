/**
 * The graph: what a network computes, as immutable nodes.
 *
 * <p>An {@link Op} is one of some thirty sealed records, a {@link Node} applies it to operands and has a {@link Type}, whose
 * sizes are {@link Dim}s: polynomials in the open dimensions. {@link GraphBuilder} makes nodes, {@link Shapes} says what
 * type an op gives, {@link Verifier} that a whole graph is well formed, {@link OpTraits} what kinds of op there are, and
 * {@link Uses} who reads a node. A node's identity is its object; equal nodes are joined by a pass, not here.
 */
package nnc.graph;

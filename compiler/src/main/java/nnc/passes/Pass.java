package nnc.passes;

import java.util.function.UnaryOperator;
import nnc.graph.Graph;

/** A graph in, an equivalent graph out. */
public record Pass(String name, UnaryOperator<Graph> run) {}

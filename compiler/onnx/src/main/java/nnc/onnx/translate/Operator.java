package nnc.onnx.translate;

import java.util.List;
import nnc.onnx.term.Term;

/** How a node of one kind is said in the language: a term for each of its outputs. */
@FunctionalInterface
interface Operator {
  List<Term> translate(Use use);
}

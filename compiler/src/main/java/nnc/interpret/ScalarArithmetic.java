package nnc.interpret;

import nnc.graph.BinaryFn;
import nnc.graph.UnaryFn;

/** What numbers and functions of them are. */
public interface ScalarArithmetic {
  /** The number that stands for this one. */
  double rounded(double x);

  double unary(UnaryFn fn, double x);

  double binary(BinaryFn fn, double x, double y);

  /** As Java has it, in double. */
  ScalarArithmetic DOUBLE = new ScalarArithmetic() {
    @Override
    public double rounded(double x) {
      return x;
    }

    @Override
    public double unary(UnaryFn fn, double x) {
      return Interpreter.unary(fn, x);
    }

    @Override
    public double binary(BinaryFn fn, double x, double y) {
      return Interpreter.binary(fn, x, y);
    }
  };
}

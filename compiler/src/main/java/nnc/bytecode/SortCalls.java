package nnc.bytecode;

import java.util.Map;
import nnc.loops.Loop.Expr;

/** What a value of the loop language is made of. */
enum SortCalls {
  ELEMENT, MASK, BITS;

  /** The sort of an expression; {@code variables} has those of the variables. */
  static SortCalls of(Expr expr, Map<String, SortCalls> variables) {
    return switch (expr) {
      case Expr.Number _, Expr.Load _, Expr.FromInt _, Expr.Fold _ -> ELEMENT;
      case Expr.Read(var name) -> variables.getOrDefault(name, ELEMENT);
      case Expr.BitsOf _ -> BITS;
      case Expr.Apply(var fn, var arguments) -> switch (fn) {
        case LT, LE, EQ, NE, AND, OR, NOT -> MASK;
        case TO_BITS, BITS_AND, BITS_OR, BITS_XOR, BITS_ADD, BITS_SUB, BITS_MUL, BITS_SHL, BITS_SHR, BITS_ASHR -> BITS;
        case SELECT -> of(arguments.get(1), variables);
        case ADD, SUB, MUL, DIV, FMA, NEG, ABS, SQRT, MIN, MAX, FROM_BITS, FAR_SIN, FAR_COS -> ELEMENT;
      };
    };
  }
}

package nnc.bytecode;

import java.util.Map;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;

/** What a value of the loop language is made of. */
enum SortCalls {
  ELEMENT, MASK, BITS;

  /** The sort of an expression; {@code variables} has those of the variables. */
  static SortCalls of(Expr expr, Map<String, SortCalls> variables) {
    return switch (expr) {
      case Expr.Number _, Expr.Load _, Expr.FromInt _ -> ELEMENT;
      case Expr.Fold(var fn, _) -> foldsBits(fn) ? BITS : ELEMENT;
      case Expr.Read(var name) -> variables.getOrDefault(name, ELEMENT);
      case Expr.BitsOf _, Expr.LoadBits _ -> BITS;
      case Expr.Apply(var fn, var arguments) -> switch (fn) {
        case LT, LE, EQ, NE, BITS_LT, BITS_LE, BITS_EQ, BITS_NE, AND, OR, NOT -> MASK;
        case TO_BITS, TO_WHOLE, BITS_AND, BITS_OR, BITS_XOR, BITS_ADD, BITS_SUB, BITS_MUL, BITS_SHL, BITS_SHR, BITS_ASHR, BITS_MIN, BITS_MAX -> BITS;
        case SELECT -> of(arguments.get(1), variables);
        case ADD, SUB, MUL, DIV, FMA, NEG, ABS, SQRT, MIN, MAX, FROM_BITS, FROM_WHOLE, FAR_SIN, FAR_COS -> ELEMENT;
      };
    };
  }

  /** Whether what is folded by a function are bits. */
  static boolean foldsBits(Fn fn) {
    return fn == Fn.BITS_ADD || fn == Fn.BITS_MUL || fn == Fn.BITS_MIN || fn == Fn.BITS_MAX;
  }
}

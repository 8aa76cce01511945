package nnc.elaborate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.runtime.base.Names;
import nnc.runtime.data.CalendarDates;
import nnc.runtime.spec.ColumnType;
import nnc.source.Span;
import nnc.syntax.Ast;

/** What inputs and targets take from columns of data: {@code category("a", "b")[N]}, {@code category(8)[N]}, {@code hashed(64)[N]}, {@code date("month")[N]}, {@code float?[N]}. */
final class ColumnTypes {
  /** Floats hold all whole numbers up to that. */
  private static final int MOST = 1 << 24;

  private static final String CATEGORY = "category", HASHED = "hashed";

  static final String DATE = "date";

  private static final String HELP = "categories are listed, category(\"red\", \"green\")[N], or learned from the training part, category(8)[N]: at most 8";

  private final Elaborator elaborator;
  private final Scope scope;
  private final Frame frame;

  ColumnTypes(Elaborator elaborator, Scope scope, Frame frame) {
    this.elaborator = elaborator;
    this.scope = scope;
    this.frame = frame;
  }

  /** What the graph has of it: texts are whole numbers, and so is what of a date is counted from one on. */
  static Kind kind(Ast.TypeExpr type, ColumnType column) {
    return column instanceof ColumnType.Dates dates ? dates.isWhole() ? Kind.INT : Kind.FLOAT : isText(type) ? Kind.INT : Expressions.elements(type);
  }

  private static boolean isText(Ast.TypeExpr type) {
    return type.kind().equals(CATEGORY) || type.kind().equals(HASHED);
  }

  ColumnType of(Ast.TypeExpr type, boolean target) {
    if (type.kind().equals(DATE)) {
      return date(type, target);
    }
    if (type.gaps() && (target || !type.kind().equals("float"))) {
      throw new ElaborationFault(type.span(), target ? "a target cannot be missing" : "only floats may be missing: float?[N]")
          .note(isText(type) ? "an empty field is a text as others are: list \"\", or leave it to the class of all others, other = true" : "");
    }
    if (!isText(type)) {
      Expressions.elements(type);
      return type.gaps() ? new ColumnType.Numbers(true) : ColumnType.NUMBERS;
    }
    var given = elaborator.calls().actuals(type.arguments(), scope, frame);
    if (type.kind().equals(HASHED)) {
      if (given.size() != 1) {
        throw new ElaborationFault(type.span(), "hashed takes the number of classes that texts fall into: hashed(512)[N]");
      }
      return new ColumnType.Hashed(count(given.getFirst(), 1));
    }
    return category(type, given, target);
  }

  private ColumnType date(Ast.TypeExpr type, boolean target) {
    var part = ColumnType.Dates.PARTS.getFirst();
    var format = ColumnType.Dates.ISO;
    for (var argument : elaborator.calls().actuals(type.arguments(), scope, frame)) {
      var text = argument.value() instanceof Value.Text(var value) ? value : "";
      if (argument.name() == null && ColumnType.Dates.PARTS.contains(text)) {
        part = text;
      } else if ("format".equals(argument.name()) && CalendarDates.isFormat(text)) {
        format = text;
      } else {
        throw new ElaborationFault(argument.span(), argument.name() == null ? "a date gives one of " + String.join(", ", ColumnType.Dates.PARTS)
            : argument.name().equals("format") ? "a format has yyyy, mm and dd once each, and signs between" : "date has no '" + argument.name() + "'")
            .note("e.g. date[N], date(\"month\")[N] or date(\"weekday\", format = \"dd.mm.yyyy\")[N]");
      }
    }
    var dates = new ColumnType.Dates(part, format, type.gaps());
    if (type.gaps() && (target || dates.isWhole())) {
      throw new ElaborationFault(type.span(), target ? "a target cannot be missing" : "only days may be missing: date?[N]");
    }
    return dates;
  }

  private static ColumnType category(Ast.TypeExpr type, List<Calls.Actual> given, boolean target) {
    Boolean other = null;
    var plain = new ArrayList<Calls.Actual>();
    for (var argument : given) {
      if (argument.name() == null) {
        plain.add(argument);
      } else if (argument.name().equals("other") && argument.value() instanceof Value.Bool(var flag)) {
        other = flag;
      } else {
        throw new ElaborationFault(argument.span(), argument.name().equals("other") ? "other is true or false: whether one more class stands for all other texts"
            : "category has no '" + argument.name() + "'").note(HELP);
      }
    }
    if (plain.isEmpty()) {
      throw new ElaborationFault(type.span(), "category needs its texts, or how many there are at most").note(HELP);
    }
    if (plain.size() == 1 && plain.getFirst().value() instanceof Value.Num) {
      return new ColumnType.Learned(count(plain.getFirst(), 1), other == null ? !target : other);
    }
    return new ColumnType.Listed(names(plain), other != null && other);
  }

  private static List<String> names(List<Calls.Actual> given) {
    var names = new ArrayList<String>();
    var seen = new HashSet<String>();
    for (var argument : given) {
      var items = argument.value() instanceof Value.Items(var list) ? list : List.of(argument.value());
      for (var item : items) {
        if (!(item instanceof Value.Text(var text))) {
          throw new ElaborationFault(argument.span(), "a category is a text in quotes, and this is " + item.describe()).note(HELP);
        } else if (!seen.add(Names.composed(text))) {
          throw new ElaborationFault(argument.span(), "the category \"" + text + "\" is given twice");
        }
        names.add(Names.composed(text));
      }
    }
    return names;
  }

  private static int count(Calls.Actual argument, int least) {
    if (argument.name() == null && argument.value() instanceof Value.Num n && n.whole() && n.value() >= least && n.value() < MOST) {
      return (int) n.value();
    }
    throw new ElaborationFault(argument.span(), "the number of classes is a whole number from " + least + " to " + (MOST - 1) + ", and this is "
        + argument.value().describe());
  }

  /** How many classes a tensor's elements are of: those of the input that it is, whatever its shape is now. */
  static int classes(Elaborator elaborator, Node x, Span span, String function) {
    var input = input(x);
    int classes = input.isEmpty() ? 0 : elaborator.inputs().get(input).column().classes();
    if (classes == 0) {
      throw new ElaborationFault(span, function + ": how many classes there are is known of categories only, and this is " + x.type())
          .note("declare the input as one, input x: category(\"a\", \"b\")[N], or say how many");
    }
    return classes;
  }

  /** The name of the input that a tensor has the elements of; empty if it is something else. */
  static String input(Node x) {
    var node = x;
    while (node.op() instanceof Op.Broadcast || node.op() instanceof Op.Reshape || node.op() instanceof Op.Transpose || node.op() instanceof Op.Slice
        || node.op() instanceof Op.Cast) {
      node = node.operand(0);
    }
    return node.op() instanceof Op.Input(var name, _, _) ? name : "";
  }
}

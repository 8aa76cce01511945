package nnc.runtime.data;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import nnc.runtime.Fault;
import nnc.runtime.ModelSpec.Source;

/** The arguments of a data source, taken one by one; what is left over at the end is a fault. */
final class Arguments {
  private final Source source;
  private final String file;
  private final Set<String> unused;
  private final List<String> known = new ArrayList<>();
  private int taken;

  Arguments(Source source, String file) {
    this.source = source;
    this.file = file;
    unused = new LinkedHashSet<>(source.named().keySet());
  }

  private Source take(String name) {
    known.add(name);
    unused.remove(name);
    if (source.named().containsKey(name)) {
      return source.named().get(name);
    }
    return taken < source.arguments().size() ? source.arguments().get(taken++) : null;
  }

  private Source takeNamed(String name) {
    known.add(name);
    unused.remove(name);
    return source.named().get(name);
  }

  /** The next positional argument or the one of that name. */
  String text(String name) {
    Source argument = take(name);
    if (argument == null) {
      throw fault("needs " + name + ", a text in quotes");
    }
    return text(argument, name);
  }

  private String text(Source argument, String name) {
    if (!argument.name().equals("text")) {
      throw fault(name + " must be a text in quotes");
    }
    return (String) argument.value();
  }

  /** The next positional argument or the one of that name, a whole number of at least {@code low}. */
  int count(String name, int low) {
    Source argument = take(name);
    if (argument == null) {
      throw fault("needs " + name + ", a whole number");
    }
    double value = number(argument, name);
    if (value != Math.rint(value) || value < low || value > Integer.MAX_VALUE) {
      throw fault(name + " must be a whole number of at least " + low + ", not " + value);
    }
    return (int) value;
  }

  /** The argument of that name, or the next positional one. */
  double number(String name, double otherwise) {
    Source argument = take(name);
    return argument == null ? otherwise : number(argument, name);
  }

  /** The argument of that name, which has no position. */
  double namedNumber(String name, double otherwise) {
    Source argument = takeNamed(name);
    return argument == null ? otherwise : number(argument, name);
  }

  /** The argument of that name, which has no position. */
  String namedText(String name, String otherwise) {
    Source argument = takeNamed(name);
    return argument == null ? otherwise : text(argument, name);
  }

  /** The argument of that name, which has no position. */
  boolean namedBool(String name, boolean otherwise) {
    Source argument = takeNamed(name);
    if (argument != null && !(argument.value() instanceof Boolean)) {
      throw fault(name + " must be true or false");
    }
    return argument == null ? otherwise : (Boolean) argument.value();
  }

  /** Numbers: one, or a list of them; none if it is absent. */
  int[] namedSizes(String name) {
    Source argument = takeNamed(name);
    if (argument == null) {
      return new int[0];
    }
    List<Source> items = argument.name().equals("list") ? argument.arguments() : List.of(argument);
    int[] sizes = new int[items.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (int) number(items.get(i), name);
      if (sizes[i] < 1) {
        throw fault(name + " must be positive, not " + sizes[i]);
      }
    }
    return sizes;
  }

  private double number(Source argument, String name) {
    if (!(argument.value() instanceof Number value)) {
      throw fault(name + " must be a number");
    }
    return value.doubleValue();
  }

  /** The next positional argument, itself a source. */
  Source source(String name) {
    Source argument = take(name);
    if (argument == null) {
      throw fault("needs a source");
    }
    return argument;
  }

  /** Names of all arguments that were not taken. */
  List<String> rest() {
    List<String> rest = new ArrayList<>(unused);
    unused.clear();
    return rest;
  }

  /** A text or a list of texts. */
  List<String> texts(String name) {
    Source argument = takeNamed(name);
    List<Source> items = argument.name().equals("list") ? argument.arguments() : List.of(argument);
    List<String> texts = new ArrayList<>();
    for (Source item : items) {
      texts.add(text(item, name));
    }
    return texts;
  }

  /** Whether the argument of that name is a list. */
  boolean isList(String name) {
    return source.named().get(name).name().equals("list");
  }

  /** Complains of arguments that nobody took. */
  void end() {
    if (!unused.isEmpty()) {
      throw fault("no argument is called " + unused.iterator().next() + "; it takes " + String.join(", ", known));
    }
    if (taken < source.arguments().size()) {
      throw fault("too many arguments; it takes " + String.join(", ", known));
    }
  }

  Fault fault(String what) {
    return fault(what, "");
  }

  Fault fault(String what, String hint) {
    return new Fault(file + ":" + source.line() + ": " + source.name() + ": " + what, hint);
  }
}

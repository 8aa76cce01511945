package nnc.runtime.data;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Source;

/** The arguments of a data source, taken one by one; what is left over at the end is a fault. */
final class SourceArguments {
  /** Numbers are doubles, which have no more digits. */
  private static final double MOST_EXACT = 1L << 53;

  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private final Source source;
  private final String file;
  private final Set<String> unused;
  private final List<String> known = new ArrayList<>();
  private int taken;

  SourceArguments(Source source, String file) {
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

  /** The one argument of a set that has two parts: whether it names the one to train on, not that to test by. */
  boolean isTrain() {
    String part = text("part");
    end();
    boolean train = part.equals("train");
    if (!train && !part.equals("test")) {
      throw fault("no part is called \"" + part + "\"", "the parts are \"train\" and \"test\"");
    }
    return train;
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
    return count(argument, name, low);
  }

  private int count(Source argument, String name, int low) {
    double value = number(argument, name);
    if (value != Math.rint(value) || value < low || value > Integer.MAX_VALUE) {
      throw fault(name + " must be a whole number of at least " + low + ", not " + value);
    }
    return (int) value;
  }

  /** The next positional argument or the one of that name, a whole number. */
  long whole(String name, long otherwise) {
    return whole(take(name), name, otherwise);
  }

  /** The argument of that name, which has no position. */
  long namedWhole(String name, long otherwise) {
    return whole(takeNamed(name), name, otherwise);
  }

  private long whole(Source argument, String name, long otherwise) {
    double value = argument == null ? otherwise : number(argument, name);
    if (value != Math.rint(value) || Math.abs(value) > MOST_EXACT) {
      throw fault(name + " must be a whole number, not " + value);
    }
    return argument == null ? otherwise : (long) value;
  }

  /** The argument of that name, or the next positional one. */
  double number(String name, double otherwise) {
    Source argument = take(name);
    return argument == null ? otherwise : number(argument, name);
  }

  /** The argument of that name, which has no position. */
  String namedText(String name, String otherwise) {
    Source argument = takeNamed(name);
    return argument == null ? otherwise : text(argument, name);
  }

  /** The argument of that name, which must be there. */
  String namedText(String name) {
    return text(takeNamed(name), name);
  }

  /** The argument of that name, true or false. */
  boolean namedFlag(String name, boolean otherwise) {
    Source argument = takeNamed(name);
    if (argument != null && !(argument.value() instanceof Boolean)) {
      throw fault(name + " must be true or false");
    }
    return argument == null ? otherwise : (Boolean) argument.value();
  }

  /** A text or a list of texts; none if it is absent. */
  List<String> namedTexts(String name) {
    return source.named().containsKey(name) ? texts(name) : List.of();
  }

  /** One size, or a list of two; none if it is absent. */
  int[] namedSizes(String name) {
    Source argument = takeNamed(name);
    if (argument == null) {
      return new int[0];
    }
    List<Source> items = argument.name().equals("list") ? argument.arguments() : List.of(argument);
    int[] sizes = new int[items.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = count(items.get(i), name, 1);
    }
    if (sizes.length < 1 || sizes.length > 2) {
      throw fault(name + " must be a size or [height, width]");
    }
    return sizes;
  }

  /** A number of elements that one array can hold. */
  int elements(long rows, long width) {
    if (rows > LARGEST / width) {
      throw fault(rows + " times " + width + " numbers are more than one array can hold");
    }
    return (int) (rows * width);
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
    return columns(name, true);
  }

  /** A column or a list of columns: by their names or, where they have none, by their numbers from 1 on. */
  List<String> columns(String name, boolean named) {
    Source argument = takeNamed(name);
    List<Source> items = argument.name().equals("list") ? argument.arguments() : List.of(argument);
    List<String> texts = new ArrayList<>();
    for (Source item : items) {
      texts.add(named ? text(item, name) : Integer.toString(count(item, name, 1)));
    }
    if (texts.isEmpty()) {
      throw fault(name + " must name one column at least");
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

package nnc.runtime.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Text;
import nnc.runtime.data.Decimal;

/** A command's options as given. What is wrong with them is a {@link Wrong}, not a {@link Fault}: usage, not the world. */
public final class Options {
  /**
   * An option.
   *
   * @param name  with its dashes
   * @param value what to call its value in the help; empty if it takes none, in brackets if it is a number that may be left out
   */
  public record Flag(String name, String value, String help) {
    /** Whether it may stand without its value. */
    boolean isFreeOfValue() {
      return value.isEmpty() || value.startsWith("[");
    }
  }

  /** Wrong usage: exit code 2. */
  static final class Wrong extends RuntimeException {
    Wrong(String message) {
      super(message);
    }
  }

  static final String FORCE = "--force";

  private final Map<String, String> given = new LinkedHashMap<>();

  /** Reads {@code arguments[from...]}: {@code --name value} or {@code --name=value}. */
  Options(String[] arguments, int from, List<Flag> flags) {
    for (int i = from; i < arguments.length; i++) {
      String argument = arguments[i];
      int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
      String name = equals < 0 ? argument : argument.substring(0, equals);
      Flag flag = flag(name, flags);
      if (flag.value().isEmpty()) {
        if (equals >= 0) {
          throw new Wrong(name + " takes no value");
        }
        given.put(name, "");
      } else if (equals >= 0) {
        given.put(name, argument.substring(equals + 1));
      } else if (i + 1 < arguments.length && (!flag.isFreeOfValue() || arguments[i + 1].matches("-?[0-9].*"))) {
        given.put(name, arguments[++i]);
      } else if (flag.isFreeOfValue()) {
        given.put(name, null);
      } else {
        throw new Wrong(name + " needs a value: " + name + " " + flag.value());
      }
    }
  }

  private static Flag flag(String name, List<Flag> flags) {
    List<String> names = new ArrayList<>();
    for (Flag flag : flags) {
      if (flag.name().equals(name)) {
        return flag;
      }
      names.add(flag.name());
    }
    if (!name.startsWith("-")) {
      throw new Wrong("unexpected argument '" + name + "'");
    }
    String nearest = Text.nearest(name, names);
    throw new Wrong("unknown option " + name + (nearest.isEmpty() ? "" : "; did you mean " + nearest + "?"));
  }

  boolean has(String name) {
    return given.containsKey(name);
  }

  /** Whether an option whose value may be left out has one. */
  boolean hasValue(String name) {
    return given.get(name) != null;
  }

  String text(String name, String otherwise) {
    return has(name) ? given.get(name) : otherwise;
  }

  /** The path; {@code otherwise} if the option is absent. */
  Path path(String name, Path otherwise) {
    try {
      return has(name) ? Path.of(given.get(name)) : otherwise;
    } catch (InvalidPathException e) {
      Fault fault = Fault.of(e);
      throw new Wrong(name + ": " + fault.getMessage() + (fault.hint().isEmpty() ? "" : "\n  " + fault.hint()));
    }
  }

  /** The path of an option that must be there. */
  Path required(String name, String what) {
    if (!has(name)) {
      throw new Wrong(name + " is missing: " + what);
    }
    return path(name, null);
  }

  int count(String name, int otherwise, int low) {
    long value = number(name, otherwise);
    if (value > Integer.MAX_VALUE) {
      throw new Wrong(name + " must be at most " + Integer.MAX_VALUE + ", not " + given.get(name));
    } else if (value < low) {
      throw new Wrong(name + " must be a whole number of at least " + low + ", not " + given.get(name));
    }
    return (int) value;
  }

  long number(String name, long otherwise) {
    try {
      return has(name) ? Long.parseLong(given.get(name)) : otherwise;
    } catch (NumberFormatException e) {
      throw new Wrong(isWhole(given.get(name)) ? name + " must be at most " + Long.MAX_VALUE + ", not " + given.get(name)
          : name + " must be a whole number, not '" + given.get(name) + "'");
    }
  }

  private static boolean isWhole(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** A number of at least {@code low}. */
  double decimal(String name, double otherwise, double low) {
    try {
      double value = has(name) ? Decimal.parse(given.get(name)) : otherwise;
      if (!(value >= low)) {
        throw new Wrong(name + " must be a number of at least " + Text.number(low) + ", not " + given.get(name));
      }
      return value;
    } catch (NumberFormatException e) {
      throw new Wrong(name + " must be a number, not '" + given.get(name) + "'");
    }
  }
}

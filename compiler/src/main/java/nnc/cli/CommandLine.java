package nnc.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import nnc.source.Suggestion;

/** A command's arguments as given: one program, options by name, and for commands that hand them on what is neither. */
public final class CommandLine {
  private final Map<String, List<String>> options = new LinkedHashMap<>();
  private final List<String> rest = new ArrayList<>();
  private final List<String> arguments;
  private final Command command;
  private String file;

  /**
   * Reads {@code --name value}, {@code --name=value}, {@code -n value} and {@code -nvalue}.
   *
   * @param command that they are for: if it is open, unknown arguments are collected rather than refused
   */
  CommandLine(List<String> arguments, List<Option> known, Command command) {
    this.arguments = List.copyOf(arguments);
    this.command = command;
    for (int i = 0; i < arguments.size(); i++) {
      var argument = arguments.get(i);
      var option = option(argument, known);
      if (option == null) {
        other(argument, known, command.open(), i);
      } else if (option.value().isEmpty()) {
        add(option, "");
      } else if (argument.length() > option.name().length()) {
        add(option, argument.substring(option.name().length() + (option.name().startsWith("--") ? 1 : 0)));
      } else if (i + 1 < arguments.size() && option.takes(arguments.get(i + 1))) {
        add(option, arguments.get(++i));
      } else if (option.value().startsWith("[")) {
        add(option, "");
      } else {
        throw new WrongUsage(option.name() + " needs a value: " + option.name() + " " + option.value());
      }
    }
  }

  private void add(Option option, String value) {
    options.computeIfAbsent(option.name(), _ -> new ArrayList<>()).add(value);
  }

  private static Option option(String argument, List<Option> known) {
    for (var option : known) {
      boolean joined = !option.value().isEmpty() && argument.startsWith(option.name().startsWith("--") ? option.name() + "=" : option.name());
      if (argument.equals(option.name()) || joined) {
        return option;
      }
    }
    return null;
  }

  private void other(String argument, List<Option> known, boolean open, int place) {
    boolean plain = !argument.startsWith("-");
    if (plain && file == null && (!open || place == 0 || argument.endsWith(".nn"))) {
      file = argument;
    } else if (open) {
      rest.add(argument);
    } else if (plain) {
      throw new WrongUsage("unexpected argument '" + argument + "'");
    } else {
      throw new WrongUsage("unknown option " + argument + Suggestion.sentence(argument, known.stream().map(Option::name).toList()));
    }
  }

  /** All as they were given. */
  public List<String> arguments() {
    return arguments;
  }

  /** Whether the command reads what the program's data block names. */
  boolean readsData() {
    return command.readsData();
  }

  /** The folder that is named for data, where it is another than the program's: also among what is handed on. */
  Optional<String> data() {
    var named = handedOn(Option.DATA);
    return !named.isEmpty() ? Optional.of(named.getLast()) : has(Option.DATA) ? Optional.of(one(Option.DATA, "")) : Optional.empty();
  }

  /** The values of an option among what is handed on, {@code --name value} or {@code --name=value}; who reads them takes the last. */
  List<String> handedOn(String name) {
    return places(name).stream().map(place -> rest.get(place).equals(name) ? rest.get(place + 1) : rest.get(place).substring(name.length() + 1)).toList();
  }

  /** Hands another value on in the place of the last that is handed on. */
  void handOn(String name, String value) {
    int place = places(name).getLast();
    if (rest.get(place).equals(name)) {
      rest.remove(place + 1);
    }
    rest.set(place, name + "=" + value);
  }

  private List<Integer> places(String name) {
    return IntStream.range(0, rest.size()).filter(i -> rest.get(i).startsWith(name + "=") || rest.get(i).equals(name) && i + 1 < rest.size()).boxed().toList();
  }

  /** Whether an option was given. */
  public boolean has(String name) {
    return options.containsKey(name);
  }

  /** The last value of an option. */
  public String one(String name, String otherwise) {
    return has(name) ? options.get(name).getLast() : otherwise;
  }

  /** All values of an option that may be repeated; one may also hold several, with commas between them. */
  public List<String> all(String name) {
    return options.getOrDefault(name, List.of()).stream().flatMap(value -> List.of(value.split(",")).stream()).toList();
  }

  /** The values of an option that are {@code name=value}, by name. */
  public Map<String, String> pairs(String name) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (var pair : options.getOrDefault(name, List.of())) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new WrongUsage(name + " wants NAME=VALUE, not '" + pair + "'");
      }
      pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return pairs;
  }

  /** Whether a program's file was given. */
  public boolean hasFile() {
    return file != null;
  }

  /**
   * The program's file.
   *
   * @throws WrongUsage if none was given
   */
  public String file() {
    if (file == null) {
      throw new WrongUsage("which program? FILE.nn is missing");
    }
    return file;
  }

  /** What is handed on, in its order. */
  public List<String> rest() {
    return rest;
  }
}

package nnc.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import nnc.elaborate.Topic;
import nnc.reference.DocComment;
import nnc.reference.Entry;
import nnc.reference.Entry.Argument;
import nnc.runtime.cli.ModelMain;

/** What the reference says of commands and of their options; all of it follows from what they themselves declare, but for the examples. */
final class CommandReference {
  private CommandReference() {}

  /** Of a command: how it is called, what for, what it takes. */
  private record Described(String name, String call, String help, List<Argument> options) {}

  /** Commands of {@code nnc}, those that jars alone have, then all options. */
  static List<Entry> entries(List<Command> commands) {
    var described = new ArrayList<Described>();
    commands.forEach(command -> described.add(of(command)));
    for (var name : ModelMain.names()) {
      if (commands.stream().noneMatch(one -> one.name().equals(name) && one.open())) {
        described.add(new Described("jar " + name, "java -jar FILE.jar " + name + " [OPTIONS]", "Of a compiled jar: " + ModelMain.purpose(name) + ".", flags(name)));
      }
    }
    MoreCommands.listed().forEach((name, help) -> described.add(new Described(name, "nnc " + name, help, List.of())));
    described.add(new Described("help", "nnc help [NAME]", "Tells of a function, layer, loss, optimizer, data source, setting, command or option; without a name which topics there are.",
        List.of(new Argument("--json", "", Optional.of(""), "one JSON object an entry"))));
    var entries = new ArrayList<Entry>();
    described.forEach(one -> entries.add(new Entry(one.name, "command", Topic.COMMANDS, one.call, one.options,
        new DocComment(List.of(one.help), Map.of(), new LinkedHashMap<>(), CommandExamples.of(one.name)), "")));
    entries.addAll(options(described));
    return entries;
  }

  private static Described of(Command command) {
    var options = new ArrayList<Argument>();
    command.options().forEach(option -> options.add(new Argument(option.name(), option.value(), Optional.of(""), option.help())));
    jars(command).stream().flatMap(name -> flags(name).stream()).filter(flag -> options.stream().noneMatch(option -> option.name().equals(flag.name()))).forEach(options::add);
    return new Described(command.name(), "nnc " + command.name() + (command.needsProgram() ? " FILE.nn" : "") + " [OPTIONS]", command.help(), options);
  }

  /** What jars call the command whose options it hands on. */
  private static Optional<String> jars(Command command) {
    return switch (command) {
      case RunCommand run -> Optional.of(run.command());
      case ExtendedCommand extended -> Optional.of(extended.plain().command());
      default -> Optional.empty();
    };
  }

  private static List<Argument> flags(String command) {
    return ModelMain.flags(command).stream().filter(flag -> !flag.name().equals("--help")).map(flag -> new Argument(flag.name(), flag.value(), Optional.of(""), flag.help())).toList();
  }

  /** Each option once, with what it says to each command that takes it. */
  private static List<Entry> options(List<Described> commands) {
    var takers = new TreeMap<String, Map<String, Argument>>();
    for (var command : commands) {
      command.options.forEach(option -> takers.computeIfAbsent(option.name(), _ -> new LinkedHashMap<>()).put(command.name, option));
    }
    var entries = new ArrayList<Entry>();
    takers.forEach((name, by) -> entries.add(option(name, by)));
    entries.sort(Comparator.comparing(Entry::name));
    return entries;
  }

  private static Entry option(String name, Map<String, Argument> by) {
    var meanings = new LinkedHashMap<String, List<String>>();
    by.forEach((command, option) -> meanings.computeIfAbsent(option.meaning(), _ -> new ArrayList<>()).add(command));
    var arguments = meanings.entrySet().stream().map(one -> new Argument(String.join(", ", one.getValue()), "", Optional.of(""), one.getKey())).toList();
    var value = by.values().iterator().next().allowed();
    var examples = by.keySet().stream().flatMap(command -> CommandExamples.of(command).stream()).filter(uses(name)).limit(1).toList();
    return new Entry(name, "option", Topic.OPTIONS, value.isEmpty() ? name : name + " " + value, arguments, new DocComment(List.of(), Map.of(), new LinkedHashMap<>(), examples), "");
  }

  private static Predicate<String> uses(String option) {
    return example -> Stream.of(example.split(" ")).anyMatch(word -> word.equals(option) || word.startsWith(option + "="));
  }
}

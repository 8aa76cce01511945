package nnc.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import nnc.build.BuildStamp;
import nnc.build.ContentHash;
import nnc.driver.FaultyProgram;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;
import nnc.typed.TypedClasses;

/** {@code nnc java}. */
final class JavaCommand implements Command {
  @Override
  public String name() {
    return "java";
  }

  @Override
  public String help() {
    return "Writes a Java class for a program, or for each program of a folder, with methods and records of the types of its inputs and outputs.";
  }

  @Override
  public List<Option> options() {
    return SourceOptions.with(new Option("-o", "DIR", "the folder of sources that the class is written to, in its package"),
        new Option("--package", "NAME", "the package, that of programs right in a folder; those of its folders have packages in it"),
        new Option("--class", "NAME", "the class (default: the program's name, as classes are written)"),
        new Option("--resources", "DIR", "the folder of resources that the compiled network is written to (default: the folder of sources)"),
        new Option("--weights", "WEIGHTS", "puts what training has saved beside it, so that load() finds it"),
        new Option("--include", "PATTERN", "of a folder's programs only those whose path in it is like this: iris.nn, vision/*; may be repeated"),
        new Option("--exclude", "PATTERN", "of a folder's programs not these; may be repeated"),
        new Option("--encoding", "NAME", "of the source (default: UTF-8)"),
        new Option("--stamp", "FILE", "remembers there what was compiled, and leaves alone what has not changed since"),
        new Option("--json", "", "prints the result, and each fault or warning, as a JSON object on a line"));
  }

  @Override
  public int run(CommandLine given) {
    boolean json = given.has("--json");
    return Faults.guard(json, () -> {
      var file = SourceOptions.file(given);
      if (Files.isDirectory(file) && (given.has("--class") || given.has("--weights"))) {
        throw new WrongUsage((given.has("--class") ? "--class" : "--weights") + " is for one program, and " + file + " is a folder");
      }
      return new Batch(given, json).run(file, Files.isDirectory(file) ? programs(given, file) : List.of(file));
    });
  }

  private static TypedClasses.Place place(CommandLine given, Path root, Path program) {
    if (!given.has("-o")) {
      throw new WrongUsage("where to? -o DIR is missing");
    }
    var sources = SourceOptions.path("-o", given.one("-o", ""));
    var resources = given.has("--resources") ? SourceOptions.path("--resources", given.one("--resources", "")) : sources;
    var packageName = given.one("--package", "");
    if (!root.equals(program) && !root.equals(program.getParent())) {
      var inside = StreamSupport.stream(root.relativize(program.getParent()).spliterator(), false).map(Path::toString).collect(Collectors.joining("."));
      packageName = packageName.isEmpty() ? inside : packageName + "." + inside;
    }
    return new TypedClasses.Place(sources, resources, packageName, Optional.of(given.one("--class", "")).filter(name -> !name.isEmpty()), encoding(given));
  }

  private static Charset encoding(CommandLine given) {
    var name = given.one("--encoding", "UTF-8");
    try {
      return Charset.forName(name);
    } catch (IllegalArgumentException e) {
      throw new WrongUsage("--encoding " + name + ": Java knows no encoding of that name");
    }
  }

  // ---- the programs of a folder

  /** Those of a folder that are networks: not what others import and has no outputs of its own. */
  private static List<Path> programs(CommandLine given, Path folder) throws IOException {
    List<Path> files;
    try (var all = Files.walk(folder)) {
      files = all.filter(file -> file.getFileName().toString().endsWith(".nn") && Files.isRegularFile(file)).sorted().toList();
    }
    if (files.isEmpty()) {
      throw new Fault(folder + ": there is no program in it", "programs are files that end in .nn");
    }
    Set<Path> parts = new HashSet<>();
    Set<Path> networks = new HashSet<>();
    for (var file : files) {
      look(file, parts, networks);
    }
    var meant = files.stream().filter(file -> networks.contains(file) || !parts.contains(file.toAbsolutePath().normalize())).filter(file -> isMeant(given, folder.relativize(file))).toList();
    if (meant.isEmpty()) {
      throw new Fault(folder + ": none of its programs is meant", "there are " + String.join(", ", files.stream().map(file -> folder.relativize(file).toString()).toList()));
    }
    return meant;
  }

  private static boolean isMeant(CommandLine given, Path program) {
    return (!given.has("--include") || matches(given.all("--include"), program)) && !matches(given.all("--exclude"), program);
  }

  private static boolean matches(List<String> patterns, Path program) {
    try {
      return patterns.stream().anyMatch(pattern -> FileSystems.getDefault().getPathMatcher("glob:" + pattern).matches(program));
    } catch (PatternSyntaxException e) {
      throw new WrongUsage("'" + e.getPattern() + "' is no pattern of paths: " + e.getDescription());
    }
  }

  private static void look(Path file, Set<Path> parts, Set<Path> networks) throws IOException {
    // a program that cannot be read is told of when it is compiled
    var text = Files.isReadable(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
    for (var statement : AstBuilder.parse(file.toString(), text, new Diagnostics()).statements()) {
      if (statement instanceof Ast.Import part) {
        parts.add(file.toAbsolutePath().resolveSibling(part.path()).normalize());
      } else if (statement instanceof Ast.Output) {
        networks.add(file);
      }
    }
  }

  /** Compiles programs one after the other; faults of one keep nobody from telling those of the next. */
  private static final class Batch {
    private final CommandLine given;
    private final boolean json;
    private final Optional<Path> file;
    private final BuildStamp stamp;
    private final Set<Map.Entry<Span, String>> told = new HashSet<>();
    private final Map<String, Path> classes = new HashMap<>();
    private boolean failed;

    Batch(CommandLine given, boolean json) {
      this.given = given;
      this.json = json;
      file = given.has("--stamp") ? Optional.of(SourceOptions.path("--stamp", given.one("--stamp", ""))) : Optional.empty();
      stamp = file.map(place -> BuildStamp.read(place, key(given))).orElseGet(BuildStamp::empty);
    }

    /** Of all besides programs that decides what is made of them. */
    private static String key(CommandLine given) {
      var key = new ArrayList<>(List.of(ContentHash.ofCompiler(), Path.of("").toAbsolutePath().toString()));
      given.arguments().stream().filter(argument -> !argument.equals("--json")).forEach(key::add);
      if (given.has("--weights")) {
        key.add(ContentHash.of(SourceOptions.path("--weights", given.one("--weights", ""))));
      }
      return ContentHash.of(key);
    }

    int run(Path root, List<Path> programs) {
      var absolute = programs.stream().map(program -> program.toAbsolutePath().normalize()).toList();
      stamp.programs().stream().filter(program -> !absolute.contains(program)).forEach(stamp::remove);
      for (var program : programs) {
        try {
          one(program, place(given, root, program));
        } catch (FaultyProgram faulty) {
          failed = true;
          tell(faulty.diagnostics());
        } catch (Fault fault) {
          failed = true;
          Faults.report(fault, given.arguments());
        }
      }
      file.ifPresent(stamp::write);
      return failed ? 1 : 0;
    }

    private void one(Path program, TypedClasses.Place place) throws FaultyProgram {
      var name = place.packageName().isEmpty() ? place.classOf(program) : place.packageName() + "." + place.classOf(program);
      // some file systems do not tell capitals from small letters
      var other = classes.put(name.toLowerCase(Locale.ROOT), program);
      if (other != null) {
        throw new Fault(program + " would have the class " + name + ", as has " + other, "rename one of them, or give it a folder of its own");
      }
      if (stamp.of(program).filter(BuildStamp.Entry::isFresh).isPresent()) {
        tell(program, name, stamp.of(program).orElseThrow().wrote().keySet(), true);
        return;
      }
      var weights = Optional.of(given.one("--weights", "")).filter(path -> !path.isEmpty()).map(path -> SourceOptions.path("--weights", path));
      var written = TypedClasses.write(program, place, weights, SourceOptions.of(given));
      tell(written.compiled().warnings());
      stamp.put(program, BuildStamp.Entry.of(written.read(), written.files()));
      tell(program, name, written.files(), false);
    }

    /** What programs have in common is told once. */
    private void tell(Diagnostics diagnostics) {
      boolean news = false;
      for (var fault : diagnostics.faults()) {
        news |= told.add(Map.entry(fault.span(), fault.message()));
      }
      if (news) {
        Faults.tell(diagnostics, json);
      }
    }

    private void tell(Path program, String name, Iterable<Path> files, boolean unchanged) {
      var paths = StreamSupport.stream(files.spliterator(), false).map(Path::toString).toList();
      System.out.println(json ? new Json().put("class", name).put("program", program.toString()).put("files", paths).put("unchanged", unchanged).toString()
          : name + (unchanged ? "  as it was" : "  " + String.join(", ", paths)));
    }
  }
}

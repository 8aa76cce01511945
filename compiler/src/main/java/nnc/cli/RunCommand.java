package nnc.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.runtime.cli.JavaOptions;
import nnc.runtime.cli.Relaunch;
import nnc.runtime.cli.Session;
import nnc.runtime.files.ScratchFolder;

/**
 * A command of the jar on a network compiled in memory; what the compiler does not know is handed on to it as it stands. Work for which
 * vector code pays runs in a JVM of its own, from a jar that is gone afterwards.
 *
 * @param command  the jar's name for it
 * @param inDouble whether the network is compiled in double precision whatever is asked for
 */
record RunCommand(String name, String command, boolean inDouble, String help) implements Command {

  @Override
  public List<Option> options() {
    return SourceOptions.with();
  }

  @Override
  public boolean open() {
    return true;
  }

  @Override
  public boolean readsData() {
    return nnc.runtime.cli.ModelMain.flags(command).stream().anyMatch(flag -> flag.name().equals(Option.DATA));
  }

  @Override
  public void moreHelp() {
    System.out.println();
    System.out.println("and what the compiled jar's command takes:");
    nnc.runtime.cli.ModelMain.options(command, System.out);
  }

  @Override
  public int run(CommandLine given) {
    boolean json = given.rest().contains("--json");
    return Faults.guard(json, () -> {
      var file = SourceOptions.file(given);
      var compiled = Compiler.compileForJar(file, inDouble ? SourceOptions.of(given, 64) : SourceOptions.of(given));
      Faults.tell(compiled.warnings(), json);
      var arguments = new ArrayList<>(List.of(command));
      arguments.addAll(given.rest());
      var base = file.toAbsolutePath().getParent();
      var caller = new Session.Caller("nnc", given.file(), base);
      return nnc.runtime.cli.ModelMain.run(arguments.toArray(String[]::new), Compiler.load(compiled), caller, System.out, System.err,
          again -> anew(compiled, caller, again));
    });
  }

  /** What the user wants every JVM to be given. */
  static List<String> javaOptions() {
    return JavaOptions.words(System.getenv("NNC_JAVA_OPTIONS"));
  }

  private static int anew(CompiledProgram compiled, Session.Caller caller, String[] arguments) {
    try (var folder = ScratchFolder.make()) {
      var jar = folder.file(compiled.spec().name() + ".jar");
      if (arguments[0].equals("serve")) {
        Compiler.writeServingJar(compiled, jar, Map.of());
      } else {
        Compiler.writeJar(compiled, jar);
      }
      return Relaunch.run(jar, javaOptions(), caller, arguments);
    } catch (IOException e) {
      throw new nnc.runtime.base.Fault("the compiled network cannot be written to the folder for temporary files: " + e.getMessage(), "", e);
    }
  }
}

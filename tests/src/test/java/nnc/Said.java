package nnc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntBiFunction;
import nnc.runtime.Model;

/**
 * What a command says, where, and its exit code.
 *
 * @param out on standard output
 * @param err on the error stream
 */
public record Said(int code, String out, String err) {

  /** By the compiler's command line; who calls it holds the lock of the system's output. */
  public static Said byCompiler(String... arguments) {
    var out = System.out;
    var err = System.err;
    try {
      return by((told, complained) -> {
        System.setOut(told);
        System.setErr(complained);
        return nnc.cli.Main.run(arguments);
      });
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** By the command line of a compiled network whose program lies in a folder. */
  public static Said byNetwork(Model model, Path folder, String... arguments) {
    return by((out, err) -> nnc.runtime.cli.ModelMain.run(arguments, model, folder, "nnc", out, err));
  }

  private static Said by(ToIntBiFunction<PrintStream, PrintStream> command) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code = command.applyAsInt(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /**
   * By a process, to its end.
   *
   * @param folder      it runs in
   * @param environment variables in the place of those of this process; an empty one is absent. Options for Java are absent unless given here
   */
  public static Said byProcess(Path folder, Map<String, String> environment, String... command) throws IOException, InterruptedException {
    var err = Files.createTempFile("said", ".txt");
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeAll(List.of("NNC_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"));
    environment.forEach((name, value) -> {
      if (value.isEmpty()) {
        builder.environment().remove(name);
      } else {
        builder.environment().put(name, value);
      }
    });
    var process = builder.start();
    process.getOutputStream().close();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    var complained = Files.readString(err);
    Files.delete(err);
    return new Said(code, out, complained);
  }

  /** Everything, faults last. */
  public String all() {
    return out + err;
  }
}

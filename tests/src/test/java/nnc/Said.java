package nnc;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
    return by((out, err) -> nnc.runtime.Main.run(arguments, model, folder, "nnc", out, err));
  }

  private static Said by(ToIntBiFunction<PrintStream, PrintStream> command) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code = command.applyAsInt(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Everything, faults last. */
  public String all() {
    return out + err;
  }
}

package nnc.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs commands as users do, in silence, so that the launcher's cache has the classes that they need, linked to each other. */
final class CacheRehearsal {
  private CacheRehearsal() {}

  /** Plain layers, convolutions, attention: between them they come by most of the compiler. */
  private static final List<String> COMPILED = List.of("mlp.nn", "lenet.nn", "transformer.nn");

  /** One reference to nothing, and one statement that is none: how faults are shown is part of what users wait for. */
  private static final List<String> FAULTY = List.of("input x: float[N, 4]\ny = dense(3)(z)\n", "input x: float[N, 4\n");

  /** @param args the folder of sample programs, of which {@code spiral.nn} trains on generated data in moments, and a folder to write to */
  public static void main(String[] args) throws IOException {
    var silence = new PrintStream(OutputStream.nullOutputStream());
    System.setOut(silence);
    System.setErr(silence);
    var samples = Path.of(args[0]);
    var folder = Path.of(args[1]);
    var spiral = samples.resolve("spiral.nn").toString();
    int failed = Main.run("check", spiral) + Main.run("summary", spiral)
        + Main.run("train", spiral, "--epochs", "1", "--out", folder.resolve("rehearsal.npz").toString());
    for (var program : COMPILED) {
      failed += Main.run("compile", samples.resolve(program).toString(), "-o", folder.resolve("rehearsal.jar").toString());
    }
    for (var text : FAULTY) {
      failed += 1 - Main.run("check", Files.writeString(folder.resolve("faulty.nn"), text).toString());
    }
    System.exit(failed == 0 ? 0 : 1);
  }
}

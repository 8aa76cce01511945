package nnc.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/** Runs commands as users do, in silence, so that the launcher's archive of loaded classes has what they need. */
final class Rehearsal {
  private Rehearsal() {}

  /** @param args a program that trains on generated data in moments, and a folder to write to */
  public static void main(String[] args) {
    var silence = new PrintStream(OutputStream.nullOutputStream());
    System.setOut(silence);
    System.setErr(silence);
    var folder = Path.of(args[1]);
    int code = Main.run("check", args[0]) + Main.run("compile", args[0], "-o", folder.resolve("rehearsal.jar").toString())
        + Main.run("train", args[0], "--epochs", "1", "--out", folder.resolve("rehearsal.npz").toString());
    System.exit(code == 0 ? 0 : 1);
  }
}

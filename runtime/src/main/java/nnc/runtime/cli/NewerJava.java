package nnc.runtime.cli;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Looks for a Java that is new enough, where the compiler's launcher looks, and runs the network on it. Knows only what Java 8 has. */
public final class NewerJava {
  private NewerJava() {}

  /** The same exit code as the launcher's. */
  private static final int NONE = 2;

  /** The property that tells the new process who started it; one that has it and does not fit either is not started again. */
  private static final String STARTER = "nnc.starter";

  /** The property that tells it the file whose lock this process holds. */
  static final String TETHER = "nnc.tether";

  /** What is held until the end. */
  private static final List<RandomAccessFile> HELD = new ArrayList<>();

  /** Where systems and tools put them; the star is any name. */
  private static final String[] USUAL = {"/usr/lib/jvm/*", "/usr/java/*", "/opt/java/*", "/opt/*", "~/.sdkman/candidates/java/*", "~/.jdks/*",
      "/Library/Java/JavaVirtualMachines/*/Contents/Home", "~/Library/Java/JavaVirtualMachines/*/Contents/Home",
      "C:/Program Files/Java/*", "C:/Program Files/Eclipse Adoptium/*"};

  /** A class file says by what it was made; the first of Java, which was 1, made version 45. */
  private static final int BEFORE_FIRST = 44;

  /** Runs a command on the first that is found; gives its exit code. */
  static int run(String[] arguments) {
    try {
      int needed = needed();
      File home = System.getProperty(STARTER) == null ? find(needed) : null;
      return home == null ? tell(needed, Arrays.asList(arguments).contains("--json")) : run(home, arguments);
    } catch (IOException e) {
      System.err.println("error: cannot start a newer Java: " + e.getMessage());
      return NONE;
    }
  }

  /** The Java that the runtime was compiled for. */
  private static int needed() throws IOException {
    try (DataInputStream code = new DataInputStream(NewerJava.class.getResourceAsStream("ModelMain.class"))) {
      code.readInt();
      code.readUnsignedShort();
      return code.readUnsignedShort() - BEFORE_FIRST;
    }
  }

  private static int tell(int needed, boolean json) {
    String message = "this network needs Java " + needed + " or newer, and this is Java " + System.getProperty("java.version") + " ("
        + System.getProperty("java.home") + ")";
    String hint = "no newer one was found (looked at JAVA_HOME, the PATH and the usual folders); install one, e.g. Eclipse Temurin " + needed
        + " (https://adoptium.net), or set JAVA_HOME to its folder";
    if (json) {
      System.out.println("{\"event\": \"error\", \"message\": \"" + message.replace("\\", "\\\\").replace("\"", "\\\"") + "\", \"hint\": \"" + hint + "\"}");
    }
    System.err.println("error: " + message);
    System.err.println("  " + hint);
    return NONE;
  }

  // ---- finding one

  /** The home of the first of that version or a later one; null if there is none. */
  public static File find(int needed) throws IOException {
    for (File home : candidates()) {
      if (fits(home, needed)) {
        return home;
      }
    }
    return null;
  }

  private static List<File> candidates() throws IOException {
    List<File> homes = new ArrayList<>();
    if (System.getenv("JAVA_HOME") != null) {
      homes.add(new File(System.getenv("JAVA_HOME")));
    }
    String path = System.getenv("PATH");
    for (String tools : path == null ? new String[0] : path.split(File.pathSeparator)) {
      File java = java(new File(tools));
      if (java.canExecute()) {
        // the link /usr/bin/java leads to the one that holds it
        homes.add(java.getCanonicalFile().getParentFile().getParentFile());
      }
    }
    for (String usual : USUAL) {
      String place = usual.replace("~", System.getProperty("user.home", ""));
      int star = place.indexOf('*');
      File[] found = new File(place.substring(0, star)).listFiles();
      if (found != null) {
        Arrays.sort(found);
        for (File one : found) {
          homes.add(new File(one + place.substring(star + 1)));
        }
      }
    }
    return homes;
  }

  private static File java(File tools) {
    return new File(tools, File.separatorChar == '\\' ? "java.exe" : "java");
  }

  /** Whether a folder holds a Java of that version or a later one, by its file of properties: no process is started for the question. */
  private static boolean fits(File home, int needed) throws IOException {
    if (home == null) {
      return false;
    }
    File release = new File(home, "release");
    if (!java(new File(home, "bin")).canExecute() || !release.canRead()) {
      return false;
    }
    for (String line : Files.readAllLines(release.toPath(), StandardCharsets.ISO_8859_1)) {
      if (line.startsWith("JAVA_VERSION=")) {
        String version = line.replaceAll("^[^\"]*\"|[^0-9].*$", "");
        return !version.isEmpty() && Integer.parseInt(version) >= needed;
      }
    }
    return false;
  }

  // ---- running on it

  private static int run(File home, String[] arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java(new File(home, "bin")).toString());
    // what was meant for the older Java may be gone
    command.add("-XX:+IgnoreUnrecognizedVMOptions");
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    tether(command);
    if (System.getProperty(Start.NETWORK) != null) {
      command.add("-D" + Start.NETWORK + "=" + System.getProperty(Start.NETWORK));
    }
    command.addAll(Arrays.asList("-D" + STARTER + "=" + ManagementFactory.getRuntimeMXBean().getName().replaceAll("@.*", ""), "-cp",
        System.getProperty("java.class.path"), "nnc.runtime.cli.Start"));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    // its options are among those of this one
    builder.environment().keySet().removeAll(Arrays.asList("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"));
    final Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread("nnc-forward") {
      @Override
      public void run() {
        process.destroy();
        await(process);
      }
    });
    return await(process);
  }

  /**
   * Has a process that is to be started end at once with this one, however this one ends: this one holds the lock of a file, which the system takes from it when
   * it is gone, and the new one waits for that lock. Where there are no locks nothing is done.
   */
  static void tether(List<String> command) {
    try {
      File file = File.createTempFile("nnc", ".tether");
      file.deleteOnExit();
      RandomAccessFile held = new RandomAccessFile(file, "rw");
      if (held.getChannel().tryLock() != null) {
        HELD.add(held);
        command.add(1, "-D" + TETHER + "=" + file);
      }
    } catch (IOException e) {
      // without
    }
  }

  private static int await(Process process) {
    while (true) {
      try {
        return process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return 1;
      }
    }
  }
}

package nnc.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Starts this program again with the module of the Vector API, which a jar's manifest cannot ask for. */
public final class Relaunch {
  private Relaunch() {}

  private static final String MARK = "nnc.relaunched";
  private static final String PROGRAM = "nnc.program", SUBJECT = "nnc.subject", BASE = "nnc.base";
  private static final int TERMINATED = 143;
  private static final String WARNING = "WARNING: Using incubator modules";

  /**
   * In the new start: ends, as by a signal, when the process that started this one is gone, killed so that it could not say so; a training
   * that nobody sees should not go on.
   */
  static void followStarter() {
    String starter = System.getProperty(MARK);
    if (starter != null) {
      var handle = ProcessHandle.of(Long.parseLong(starter));
      if (handle.isEmpty()) {
        System.exit(TERMINATED);
      }
      handle.get().onExit().thenRun(() -> System.exit(TERMINATED));
    }
  }

  /** Whether a new start would gain vector code: it is missing, and this is not the new start. */
  public static boolean gains() {
    return !Width.vectorsAvailable() && System.getProperty(MARK) == null && !"scalar".equals(System.getProperty(Width.PROPERTY));
  }

  /** Who runs this: what the starter said, or {@code otherwise}. */
  static Session.Caller caller(Session.Caller otherwise) {
    String program = System.getProperty(PROGRAM);
    return program == null ? otherwise
        : new Session.Caller(program, System.getProperty(SUBJECT, ""), Path.of(System.getProperty(BASE, "")));
  }

  /** Starts commands of a jar anew, with the options that this JVM was given. */
  static Session.Again of(Path jar, Session.Caller caller) {
    return new Session.Again() {
      @Override
      public int run(String[] arguments) {
        return Relaunch.run(jar, ownOptions(), caller, arguments);
      }
    };
  }

  /**
   * Runs a command in a new JVM on this one's terminal, and gives its exit code. Ctrl-C and SIGTERM reach it; this process stays
   * until it has ended.
   *
   * @param options for Java, e.g. {@code -Xmx8g}
   */
  public static int run(Path jar, List<String> options, Session.Caller caller, String[] arguments) {
    return run(jar.toString(), Main.class.getName(), options, caller, arguments);
  }

  /** As above, a main class of a class path. */
  public static int run(String classPath, String main, List<String> options, Session.Caller caller, String[] arguments) {
    try {
      Process child = new ProcessBuilder(command(classPath, main, options, caller, arguments)).redirectInput(ProcessBuilder.Redirect.INHERIT)
          .redirectOutput(ProcessBuilder.Redirect.INHERIT).start();
      Runtime.getRuntime().addShutdownHook(new Thread("nnc-forward") {
        @Override
        public void run() {
          child.destroy();
          await(child);
        }
      });
      copy(child.getErrorStream(), System.err);
      return await(child);
    } catch (IOException e) {
      throw new Fault("cannot start Java again with the Vector API: " + e.getMessage(),
          "start it so: java --add-modules jdk.incubator.vector -cp " + classPath + " " + main, e);
    }
  }

  private static int await(Process child) {
    while (true) {
      try {
        return child.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return 1;
      }
    }
  }

  private static List<String> command(String classPath, String main, List<String> options, Session.Caller caller, String[] arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command()
        .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(JavaOptions.forVectors());
    command.addAll(options);
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-D" + MARK + "=" + ProcessHandle.current().pid(),
        "-D" + PROGRAM + "=" + caller.program(), "-D" + SUBJECT + "=" + caller.subject(), "-D" + BASE + "=" + caller.base(),
        "-cp", classPath, main));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /** What this JVM was given before {@code -jar}, e.g. {@code -Xmx8g}; nothing where the system does not tell. */
  private static List<String> ownOptions() {
    Optional<String[]> given = ProcessHandle.current().info().arguments();
    int jar = given.isEmpty() ? -1 : Arrays.asList(given.get()).indexOf("-jar");
    return jar < 0 ? List.of() : Arrays.asList(given.get()).subList(0, jar);
  }

  /** Passes on what the child says, but for the JDK's remark on the module. */
  private static void copy(InputStream from, PrintStream to) throws IOException {
    var line = new StringBuilder();
    boolean first = true;
    byte[] buffer = new byte[4096];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      if (!first) {
        to.write(buffer, 0, count);
        to.flush();
        continue;
      }
      line.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
      int end = line.indexOf("\n");
      boolean remark = WARNING.startsWith(line.substring(0, Math.min(line.length(), WARNING.length())));
      if (end >= 0 || !remark) {
        first = false;
        to.print(remark ? line.substring(end + 1) : line.toString());
        to.flush();
      }
    }
  }
}

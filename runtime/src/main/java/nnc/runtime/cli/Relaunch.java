package nnc.runtime.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.engine.VectorWidth;

/** Starts this program again with the module of the Vector API, which a jar's manifest cannot ask for. */
public final class Relaunch {
  private Relaunch() {}

  private static final String MARK = "nnc.relaunched", STARTER = "nnc.starter";
  private static final String PROGRAM = "nnc.program", SUBJECT = "nnc.subject", BASE = "nnc.base";
  private static final int TERMINATED = 143;

  /** What Java adds to the number of a signal that has ended a process. */
  private static final int SIGNALLED = 128, MOST_SIGNALS = 64, KILL = 9;

  /** What Java remarks on the error stream before anything else: of the module, and of options that the first start has told of. */
  private static final List<String> REMARKS = List.of("WARNING: Using incubator modules", "Picked up ", "NOTE: Picked up ");

  /**
   * In the new start: ends, at once and without a word, when the process that started this one is gone, killed so that it could not say so. Who goes on
   * with what was saved finds nobody who still saves. Where there are no locks that takes some seconds.
   */
  public static void followStarter() {
    String starter = System.getProperty(STARTER);
    if (starter != null) {
      var handle = ProcessHandle.of(Long.parseLong(starter));
      if (handle.isEmpty()) {
        Runtime.getRuntime().halt(TERMINATED);
      } else if (!isTethered()) {
        handle.get().onExit().thenRun(() -> Runtime.getRuntime().halt(TERMINATED));
      }
    }
  }

  /** Whether this process waits for the lock that the other holds. The file goes at once, so that nothing is left of it. */
  private static boolean isTethered() {
    String file = System.getProperty(NewerJava.TETHER);
    try {
      FileChannel channel = file == null ? null : FileChannel.open(Path.of(file), StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
      if (channel == null || channel.tryLock() != null) {
        // locks do nothing here
        return false;
      }
      Files.deleteIfExists(Path.of(file));
      var thread = new Thread(() -> {
        try {
          channel.lock();
          Runtime.getRuntime().halt(TERMINATED);
        } catch (IOException e) {
          // the process ends anyway
        }
      }, "nnc-tether");
      thread.setDaemon(true);
      thread.start();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether a new start would gain vector code: it is missing, this is not the new start, and Java can be started as it was. */
  public static boolean gains() {
    return !VectorWidth.vectorsAvailable() && System.getProperty(MARK) == null && !"scalar".equals(System.getProperty(VectorWidth.PROPERTY))
        && JavaOptions.allowVectors();
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
        List<String> own = JavaOptions.own();
        String told = System.getProperty(Start.NETWORK);
        var builder = new ProcessBuilder(command(told == null ? jar.toString() : System.getProperty("java.class.path"), ModelMain.class.getName(), own, caller, arguments));
        if (!own.isEmpty()) {
          // the environment's are among them
          builder.environment().keySet().removeAll(JavaOptions.VARIABLES);
        }
        return Relaunch.run(builder);
      }
    };
  }

  /**
   * Runs a command in a new JVM on this one's terminal, and gives its exit code. Ctrl-C and SIGTERM reach it; this process stays
   * until it has ended.
   *
   * @param options for Java, e.g. {@code -Xmx8g}, besides those that it takes from the environment
   */
  public static int run(Path jar, List<String> options, Session.Caller caller, String[] arguments) {
    return run(jar.toString(), ModelMain.class.getName(), options, caller, arguments);
  }

  /** As above, a main class of a class path. */
  public static int run(String classPath, String main, List<String> options, Session.Caller caller, String[] arguments) {
    return run(new ProcessBuilder(command(classPath, main, options, caller, arguments)));
  }

  private static int run(ProcessBuilder builder) {
    NewerJava.tether(builder.command());
    try {
      Process child = builder.redirectInput(ProcessBuilder.Redirect.INHERIT).redirectOutput(ProcessBuilder.Redirect.INHERIT).start();
      Runtime.getRuntime().addShutdownHook(new Thread("nnc-forward") {
        @Override
        public void run() {
          child.destroy();
          await(child);
        }
      });
      copy(child.getErrorStream(), System.err);
      return ended(await(child), child.pid());
    } catch (IOException e) {
      throw new Fault("cannot start Java again with the Vector API: " + e.getMessage(),
          "start Java with --add-modules jdk.incubator.vector yourself", e);
    }
  }

  /** The code of a process that came to its own end; of one that a signal has ended nobody else tells. */
  private static int ended(int code, long process) {
    int signal = code - SIGNALLED;
    if (signal <= 1 || signal == 2 || signal == 13 || signal == 15 || signal > MOST_SIGNALS) {
      // its own: done, a fault, hung up, interrupted, without a reader, terminated
      return code;
    }
    throw new Fault("the second Java, process " + process + ", which did the work, was ended by signal " + signal + (signal == KILL ? " (kill)" : ""),
        signal == KILL ? "the system does that, too, when memory runs out; a training goes on with --resume" : "hs_err_pid" + process + ".log tells of a crash; a training goes on with --resume");
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
    command.addAll(JavaOptions.forVectors(options));
    command.addAll(options);
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-D" + MARK + "=true", "-D" + STARTER + "=" + ProcessHandle.current().pid(),
        "-D" + PROGRAM + "=" + caller.program(), "-D" + SUBJECT + "=" + caller.subject(), "-D" + BASE + "=" + caller.base(),
        "-cp", classPath));
    if (System.getProperty(Start.NETWORK) != null) {
      command.add("-D" + Start.NETWORK + "=" + System.getProperty(Start.NETWORK));
    }
    command.add(main);
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /** Passes on what the child says, but for the remarks that Java begins with. */
  private static void copy(InputStream from, PrintStream to) throws IOException {
    var head = new StringBuilder();
    boolean begun = false;
    byte[] buffer = new byte[4096];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      if (begun) {
        to.write(buffer, 0, count);
      } else {
        // a byte a character
        head.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
        begun = !dropRemarks(head);
        if (begun) {
          write(head, to);
        }
      }
      to.flush();
    }
    if (!begun) {
      write(head, to);
    }
  }

  /** Takes whole remarks away from the beginning; whether what is left may be the beginning of another. */
  private static boolean dropRemarks(StringBuilder head) {
    while (true) {
      boolean remark = false;
      for (String start : REMARKS) {
        remark |= start.startsWith(head.substring(0, Math.min(head.length(), start.length())));
      }
      int end = head.indexOf("\n");
      if (!remark || end < 0) {
        return remark;
      }
      head.delete(0, end + 1);
    }
  }

  private static void write(StringBuilder bytes, PrintStream to) {
    byte[] all = bytes.toString().getBytes(StandardCharsets.ISO_8859_1);
    to.write(all, 0, all.length);
    to.flush();
  }
}

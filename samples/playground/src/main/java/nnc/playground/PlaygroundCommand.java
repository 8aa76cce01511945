package nnc.playground;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import nnc.cli.Command;
import nnc.cli.CommandLine;
import nnc.cli.Numbers;
import nnc.cli.Option;
import nnc.cli.SourceOptions;
import nnc.cli.VectorStart;
import nnc.cli.WrongUsage;
import nnc.runtime.files.ScratchFolder;

/** {@code nnc playground}. */
public final class PlaygroundCommand implements Command {
  private static final int MOST_PORTS = 65_535;

  @Override
  public String name() {
    return "playground";
  }

  @Override
  public String help() {
    return "Serves a page on which a network is built, trained and looked at, with its program beside it.";
  }

  @Override
  public boolean needsProgram() {
    return false;
  }

  @Override
  public List<Option> options() {
    return List.of(new Option("--port", "N", "where it listens, on this machine alone (a free one)"),
        new Option("--no-browser", "", "only prints the page's address"));
  }

  @Override
  public int run(CommandLine given) throws Exception {
    int port = Numbers.count(given, "--port", 0, 1);
    if (port > MOST_PORTS) {
      throw new WrongUsage("--port is at most " + MOST_PORTS + ", not " + port);
    }
    if (VectorStart.gains()) {
      return VectorStart.run(name(), given);
    }
    var program = given.hasFile() ? ChosenProgram.of(SourceOptions.file(given)) : ChosenProgram.NONE;
    var uploads = ScratchFolder.make();
    try (var server = PlaygroundServer.start(port, program, uploads.path())) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(uploads)));
      System.out.println("playground: " + server.address());
      System.out.println("Ctrl-C ends it");
      if (!given.has("--no-browser")) {
        open(server.address());
      }
      server.await();
    }
    return 0;
  }

  /** By what the system opens addresses with; who has no such thing has the address. */
  private static void open(String address) {
    var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    var command = system.startsWith("mac") ? List.of("open", address)
        : system.startsWith("windows") ? List.of("rundll32", "url.dll,FileProtocolHandler", address) : List.of("xdg-open", address);
    try {
      new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      System.out.println("no browser could be opened: open the address yourself");
    }
  }

  private static void close(ScratchFolder folder) {
    try {
      folder.close();
    } catch (IOException e) {
      System.err.println("nnc: " + folder.path() + " could not be deleted: " + e.getMessage());
    }
  }
}

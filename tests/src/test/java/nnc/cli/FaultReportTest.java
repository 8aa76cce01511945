package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.elaborate.Elaborator.Purpose;
import nnc.jar.CompilerVersion;
import nnc.source.CompilerFault;
import nnc.source.Span;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Faults of nnc itself: where they were, and the file that is to be sent. */
@ResourceLock(Resources.SYSTEM_OUT)
class FaultReportTest {
  private static final String PROGRAM = "input x: float[N, 3]\n\nimport \"other.nn\"\noutput y = x\n";

  @TempDir
  Path folder;
  private Path program;
  private CompilerFault fault;

  /** A fault within the compiler, on its way through an elaboration. */
  @BeforeEach
  void inject() throws IOException {
    program = Files.writeString(folder.resolve("p.nn"), PROGRAM);
    fault = catchThrowableOfType(CompilerFault.class, () -> new Compilation(program, CompilerOptions.standard()).importing(_ -> {
      throw new IllegalStateException("injected");
    }).elaborate(List.of(Purpose.values())));
  }

  private static String told(Throwable fault, List<String> arguments, Path folder) {
    var before = System.err;
    var err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      assertThat(Faults.report(fault, arguments, folder)).isEqualTo(1);
    } finally {
      System.setErr(before);
    }
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theLineThatItWasAtIsTold() {
    assertThat(fault.place()).isEqualTo(new Span(program.toString(), 3, 1, 3, 18));
    assertThat(told(fault, List.of("check", program.toString()), folder)).startsWith(program + ":3:1: internal error: java.lang.IllegalStateException: injected")
        .contains("this is a fault of nnc, not of your program").contains(folder.resolve("nnc-fault.txt").toString()).doesNotContain("\tat ");
  }

  @Test
  void theReportHasAllThatIsNeeded() throws IOException {
    told(fault, List.of("check", program.toString(), "--json"), folder);
    assertThat(Files.readString(folder.resolve("nnc-fault.txt"))).contains("the text of the program").contains(CompilerVersion.text()).contains(Runtime.version().toString())
        .contains(System.getProperty("os.name")).contains("nnc check " + program + " --json").contains(PROGRAM).contains("\tat nnc.elaborate.").contains("IllegalStateException: injected");
  }

  @Test
  void reportsAreKept() throws IOException {
    told(fault, List.of("check", program.toString()), folder);
    var first = Files.readString(folder.resolve("nnc-fault.txt"));
    assertThat(told(new IllegalStateException("another"), List.of("compile", "gone.nn"), folder)).startsWith("nnc: internal error: ").contains("nnc-fault-2.txt");
    assertThat(Files.readString(folder.resolve("nnc-fault.txt"))).isEqualTo(first);
    assertThat(Files.readString(folder.resolve("nnc-fault-2.txt"))).contains("another").doesNotContain("---- gone.nn");
  }

  @Test
  void whereNoFileCanBeWrittenTheReportIsTold() {
    assertThat(told(fault, List.of("check", program.toString()), folder.resolve("none"))).contains("no file can be written here").contains("\tat nnc.elaborate.").contains(PROGRAM);
  }

  @Test
  void memoryIsNoFaultOfTheCompiler() {
    assertThat(told(new OutOfMemoryError("Java heap space"), List.of("compile", program.toString()), folder)).startsWith("nnc: error: not enough memory: Java has ").contains("-Xmx");
    assertThat(folder.resolve("nnc-fault.txt")).doesNotExist();
  }
}

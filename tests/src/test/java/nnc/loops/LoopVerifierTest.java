package nnc.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.expand.Expansion;
import nnc.loops.expand.Width;
import nnc.optimizations.Switches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is wrong with a kernel is found: kernels that are right, before and after they are expanded, with one statement changed. */
class LoopVerifierTest {
  /** Changes of a sample that are tried. */
  private static final int MOST = 600;

  /** A statement changed, in what words, and whether that is wrong. */
  private record Mutant(String what, Loop.Kernel kernel, boolean wrong) {}

  private static Loop.Kernel with(Loop.Kernel kernel, List<Stmt> body) {
    return new Loop.Kernel(kernel.arguments(), kernel.block(), kernel.kind(), body, kernel.scratch(), kernel.inDouble());
  }

  private static boolean mentions(List<Stmt> body, String name) {
    var word = Pattern.compile("(?<![\\w_])" + Pattern.quote(name) + "(?![\\w_])");
    return body.stream().anyMatch(statement -> word.matcher(LoopPrinter.print(statement)).find());
  }

  /** A body with one of its statements changed, what was done, and whether that is wrong. */
  private record Change(String what, List<Stmt> body, boolean wrong) {
    /** Around it a statement of a body. */
    Change in(List<Stmt> outer, int at, Stmt changed) {
      return new Change(what, replaced(outer, at, List.of(changed)), wrong);
    }
  }

  private static void changes(List<Stmt> body, boolean inLanes, Consumer<Change> sink) {
    for (int i = 0; i < body.size(); i++) {
      int at = i;
      var rest = body.subList(i + 1, body.size());
      var what = LoopPrinter.print(body.get(at)).lines().findFirst().orElse("");
      Consumer<List<Stmt>> wrong = now -> sink.accept(new Change(what, replaced(body, at, now), true));
      switch (body.get(i)) {
        case Stmt.Let let -> {
          wrong.accept(List.of(let, let));
          sink.accept(new Change("without " + let.var(), replaced(body, i, List.of()), mentions(rest, let.var())));
        }
        case Stmt.Store(var buffer, var index, var value) -> {
          wrong.accept(List.of(new Stmt.Store(buffer, index, new Expr.Apply(Fn.LT, List.of(value, value)))));
          wrong.accept(List.of(new Stmt.Store(new Loop.Buffer("elsewhere", Loop.Space.ARENA, 0), index, value)));
          wrong.accept(List.of(new Stmt.Store(buffer, index, new Expr.Apply(Fn.FMA, List.of(value, value)))));
          wrong.accept(List.of(new Stmt.Store(buffer, new Loop.Int.Var("nowhere"), value)));
        }
        case Stmt.Assign(var name, var value) -> wrong.accept(List.of(new Stmt.Assign(name, new Expr.Apply(Fn.TO_BITS, List.of(value)))));
        case Stmt.For(var name, var from, var to, var kind, var inner) -> {
          boolean vector = inLanes || kind == LoopKind.VECTOR;
          sink.accept(new Change("renamed " + name, replaced(body, i, List.of(new Stmt.For("other", from, to, kind, inner))), mentions(inner, name)));
          if (inLanes) {
            wrong.accept(List.of(new Stmt.For(name, from, to, LoopKind.VECTOR, inner)));
          }
          changes(inner, vector, change -> sink.accept(change.in(body, at, new Stmt.For(name, from, to, kind, change.body))));
        }
        case Stmt.Outline(var arguments, var inner) -> {
          for (var one : arguments) {
            var others = arguments.stream().filter(other -> other != one).toList();
            sink.accept(new Change("not given " + one.name(), replaced(body, at, List.of(new Stmt.Outline(others, inner))), mentions(inner, one.name())));
          }
          changes(inner, false, change -> sink.accept(change.in(body, at, new Stmt.Outline(arguments, change.body))));
        }
        case Stmt.Nonzeros(var name, var count, var left, var start, var inner) -> {
          sink.accept(new Change("renamed " + name, replaced(body, i, List.of(new Stmt.Nonzeros("other", count, left, start, inner))), mentions(inner, name)));
          changes(inner, true, change -> sink.accept(change.in(body, at, new Stmt.Nonzeros(name, count, left, start, change.body))));
        }
        case Stmt.Product _, Stmt.Transpose _, Stmt.Lanes _, Stmt.Line _ -> { }
      }
    }
  }

  private static List<Stmt> replaced(List<Stmt> body, int at, List<Stmt> by) {
    return Stream.of(body.subList(0, at), by, body.subList(at + 1, body.size())).flatMap(List::stream).toList();
  }

  private static String fault(Loop.Kernel kernel) {
    try {
      LoopVerifier.check(kernel, "kernel");
      return null;
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SCALAR", "V512"})
  void changedStatementsAreFound(Width width) throws Exception {
    var mutants = new ArrayList<Mutant>();
    var stages = Compiler.compile(Path.of("..", "samples", "zoo.nn"), CompilerOptions.standard()).stages().values();
    for (var stage : stages) {
      for (var lowered : stage.lowered().kernels()) {
        for (var kernel : List.of(lowered, Expansion.of(List.of(lowered), width, 32, Switches.ALL_ON).getFirst())) {
          assertThat(fault(kernel)).isNull();
          changes(kernel.body(), kernel.kind() == LoopKind.VECTOR, change -> mutants.add(new Mutant(change.what, with(kernel, change.body), change.wrong)));
        }
      }
    }
    assertThat(mutants).hasSizeGreaterThan(MOST);
    for (int i = 0; i < MOST; i++) {
      var mutant = mutants.get((int) ((long) i * mutants.size() / MOST));
      if (mutant.wrong) {
        assertThat(fault(mutant.kernel)).as("%s in%n%s", mutant.what, LoopPrinter.print(mutant.kernel)).isNotNull();
      }
    }
  }

  private static Loop.Kernel kernel(int scratch, Stmt... body) {
    return new Loop.Kernel(List.of("a"), "i", LoopKind.SERIAL, List.of(body), scratch, false);
  }

  @Test
  void whatLeavesAMethodIsFound() {
    var zero = new Expr.Number(0);
    var let = new Stmt.Let("x", zero);
    var assign = new Stmt.Outline(List.of(), List.of(new Stmt.Assign("x", zero)));
    assertThatThrownBy(() -> LoopVerifier.check(kernel(0, let, assign), "kernel 7")).hasMessageContaining("kernel 7 assigns to x, which is not defined in this method");
    var read = new Stmt.Outline(List.of(), List.of(new Stmt.Let("y", new Expr.Read("x"))));
    assertThat(fault(kernel(0, let, read))).isNull();
    assertThat(fault(kernel(0, read, let))).isNotNull();
  }

  @Test
  void scratchAndLanesThatAreNotThereAreFound() {
    var lanes = new Stmt.Lanes("sum", 0, 0);
    var add = new Stmt.Assign("sum", new Expr.Apply(Fn.ADD, List.of(new Expr.Read("sum"), new Expr.Number(1))));
    var loop = new Stmt.For("j", new Loop.Int.Number(0), new Loop.Int.Number(9), LoopKind.VECTOR, List.of(add));
    var fold = new Stmt.Let("x", new Expr.Fold(Fn.ADD, "sum"));
    assertThat(fault(kernel(16, lanes, loop, fold))).isNull();
    assertThat(fault(kernel(4, lanes, loop, fold))).isNotNull();
    assertThat(fault(kernel(16, loop, fold))).isNotNull();
    assertThat(fault(kernel(16, lanes, add, fold))).isNotNull();
    assertThat(fault(kernel(16, lanes, new Stmt.For("j", new Loop.Int.Number(0), new Loop.Int.Number(9), LoopKind.SERIAL, List.of(add)), fold))).isNotNull();
    assertThat(fault(kernel(16, lanes, new Stmt.Outline(List.of(), List.of(loop)), fold))).isNotNull();
  }
}

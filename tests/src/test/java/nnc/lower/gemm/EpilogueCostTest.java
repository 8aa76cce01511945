package nnc.lower.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nnc.loops.Ints;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.IntFn;
import nnc.loops.Loop.Space;
import nnc.loops.Loop.Stmt;
import org.junit.jupiter.api.Test;

/** What counts as little enough to be done before a sum leaves its register. */
class EpilogueCostTest {
  private static final Buffer BUFFER = new Buffer("b0", Space.ARENA, 0);
  private static final Int ROW = new Int.Var("row");
  private static final Int COLUMN = new Int.Var("col");

  private static int of(Int place) {
    var sum = new Expr.Apply(Fn.ADD, List.of(new Expr.Read("sum"), new Expr.Load(BUFFER, place)));
    return new EpilogueCost("col").of(List.of(new Stmt.Let("v0", sum), new Stmt.Line(3), new Stmt.Store(BUFFER, COLUMN, new Expr.Read("v0"))));
  }

  private static Int at(Int row) {
    return Ints.add(Ints.multiply(row, new Int.Number(128)), COLUMN);
  }

  @Test
  void loadsStoresAndArithmeticCount() {
    assertThat(of(COLUMN)).isEqualTo(3);
    assertThat(of(at(ROW))).isEqualTo(3);
  }

  @Test
  void whatLiesApartOrIsLongToFindIsMuch() {
    assertThat(of(Ints.multiply(COLUMN, new Int.Number(2)))).isGreaterThan(100);
    assertThat(of(at(new Int.Apply(IntFn.MOD, ROW, new Int.Number(64))))).isGreaterThan(100);
    assertThat(of(at(new Int.Apply(IntFn.DIV, ROW, new Int.Number(64))))).isGreaterThan(100);
    var place = COLUMN;
    for (int i = 0; i < 9; i++) {
      place = Ints.add(Ints.multiply(new Int.Var("n" + i), new Int.Number(128)), place);
    }
    assertThat(of(place)).isGreaterThan(100);
  }
}

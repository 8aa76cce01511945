package nnc.loops;

import java.util.ArrayList;
import java.util.List;

/** Statements as they are made, with fresh names for what they bind. */
public final class StatementBuilder {
  private List<Loop.Stmt> statements = new ArrayList<>();
  private int made;

  /** A value computed once and read by its name; what is as good as a name stays. */
  public Loop.Expr let(Loop.Expr value) {
    if (value instanceof Loop.Expr.Read || value instanceof Loop.Expr.Number) {
      return value;
    }
    var name = fresh();
    statements.add(new Loop.Stmt.Let(name, value));
    return new Loop.Expr.Read(name);
  }

  public String fresh() {
    return "v" + made++;
  }

  public void add(Loop.Stmt statement) {
    statements.add(statement);
  }

  /** What is made meanwhile is collected apart. */
  public List<Loop.Stmt> within(Runnable work) {
    var outside = statements;
    var inside = new ArrayList<Loop.Stmt>();
    statements = inside;
    try {
      work.run();
    } finally {
      statements = outside;
    }
    return inside;
  }
}

package nnc.lower.common;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Space;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.schedule.Kernel;

/** What a contraction's kernel does besides its sums: its scratch, and the nodes that follow, computed from a sum and stored. */
public final class Epilogue {
  public final StatementBuilder sink = new StatementBuilder();
  private final Map<String, Origin> origins = new LinkedHashMap<>();
  public final ValueLowering values;
  public final Kernel kernel;
  private final Map<Node, Expr> known = new HashMap<>();
  private List<AffineIndex> indices;
  private int scratch;

  public Epilogue(ScheduledKernel scheduled) {
    kernel = scheduled.kernel();
    values = scheduled.values(sink, origins, this::own);
  }

  /** A buffer of the running thread's, 16 elements or a multiple. */
  public Loop.Buffer scratch(int size) {
    var buffer = new Loop.Buffer("scratch", Space.SCRATCH, scratch);
    scratch += Ints.roundUp(size, 16);
    return buffer;
  }

  /**
   * The kernel, whose body runs through {@code blocks} from {@code from} to {@code to}.
   *
   * @param dims factors besides those of its indices
   */
  public LoweredKernel lowered(String block, LoopKind kind, List<Stmt> body, Dim blocks, List<Dim> dims) {
    var shape = kernel.domain().shape();
    var all = new ArrayList<>(values.dims());
    all.addAll(dims);
    return new LoweredKernel(kernel, new BlockLoop(block, kind, blocks, true, Dim.product(shape).times(2)), body, Dim.of(scratch), origins, all);
  }

  /** Whether weights are updated with the result. */
  public boolean updates() {
    return kernel.writes().stream().anyMatch(write -> write.target() instanceof Kernel.Target.Update);
  }

  /** Where the kernel stores what belongs to an element of its sums; what it writes besides lies likewise. */
  public AffineAccess result(List<AffineIndex> indices) {
    return new StoreLowering(sink, values).target(kernel.writes().getFirst(), indices);
  }

  /** Stores what the kernel writes at some indices, given the sum there. */
  public List<Stmt> stores(List<AffineIndex> indices, Expr sum) {
    this.indices = indices;
    return sink.within(() -> values.scoped(() -> {
      known.clear();
      known.put(kernel.nodes().getFirst(), sink.let(sum));
      new StoreLowering(sink, values).store(kernel.writes(), indices, kernel);
    }));
  }

  /** The kernel's own nodes at the indices that are being stored. */
  private Expr own(Node node, List<AffineIndex> at) {
    if (!kernel.members().contains(node)) {
      return null;
    }
    if (at == null) {
      return new Expr.Number(0);
    }
    var value = known.get(node);
    if (value == null) {
      value = sink.let(values.compute(node, indices));
      known.put(node, value);
    }
    return value;
  }
}

package nnc.lower;

import java.util.Set;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.OperandReuse;
import nnc.lower.conv.ConvolutionGeometry;
import nnc.lower.conv.LowerBatchLastConvolution;
import nnc.lower.conv.LowerConvolution;
import nnc.lower.conv.LowerFilterGradient;
import nnc.lower.gemm.LowerMatMul;
import nnc.lower.nest.LowerNest;
import nnc.lower.nest.LowerScan;
import nnc.lower.nest.LowerScatter;
import nnc.lower.nest.LowerSort;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import nnc.schedule.Kernel;
import nnc.schedule.KernelForm;
import nnc.schedule.Schedule;

/** Which family makes a schedule's kernel into loops. */
record KernelLowering(Schedule schedule, OperandReuse reuse, int precision, Switches switches) {
  /** @param halves whether a kernel may be run in two halves: not where threads run it at once, each for a tile */
  LoweredKernel lower(Kernel kernel, boolean halves) {
    var stored = schedule.stored();
    if (kernel.form() == KernelForm.ALONE) {
      return alone(kernel, stored);
    }
    if (kernel.form() == KernelForm.COUNTED) {
      return LowerNest.lower(kernel, 64, Set.of(), false, false);
    }
    if (LowerMatMul.takes(kernel)) {
      return LowerMatMul.lower(kernel, precision, stored, reuse, switches.on(Optimization.ZERO_SKIPPING));
    }
    boolean transforms = switches.on(Optimization.WINOGRAD);
    var conv = ConvolutionGeometry.of(kernel);
    if (conv == null) {
      return LowerNest.lower(kernel, precision, stored, schedule.weightOnly().learns(), halves);
    }
    return ((Op.Conv) kernel.nodes().getFirst().op()).role() == Op.ConvRole.FILTER ? LowerFilterGradient.lower(kernel, conv, precision, stored, transforms)
        : conv.batchLast() ? LowerBatchLastConvolution.lower(kernel, conv, precision, stored)
        : LowerConvolution.lower(kernel, conv, precision, stored, reuse, transforms);
  }

  private LoweredKernel alone(Kernel kernel, Set<Node> stored) {
    return switch (kernel.nodes().getFirst().op()) {
      case Op.CumSum _ -> LowerScan.lower(kernel, precision, stored);
      case Op.ArgSort _ -> LowerSort.lower(kernel, precision, stored);
      default -> LowerScatter.lower(kernel, precision, stored);
    };
  }
}

package nnc.lower;

import java.util.Set;
import nnc.graph.Op;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.OperandReuse;
import nnc.lower.common.ScheduledKernel;
import nnc.lower.conv.ConvolutionGeometry;
import nnc.lower.conv.LowerBatchLastConvolution;
import nnc.lower.conv.LowerConvolution;
import nnc.lower.conv.LowerDepthwiseConvolution;
import nnc.lower.conv.LowerFilterGradient;
import nnc.lower.conv.LowerTiledConvolution;
import nnc.lower.conv.OpenConvolution;
import nnc.lower.gemm.LowerMatMul;
import nnc.lower.gemm.LowerPointwiseConvolution;
import nnc.lower.nest.LowerNest;
import nnc.lower.nest.LowerScan;
import nnc.lower.nest.LowerScatter;
import nnc.lower.nest.LowerSort;
import nnc.optimizations.Switches;
import nnc.schedule.Kernel;
import nnc.schedule.KernelForm;
import nnc.schedule.Schedule;

/** Which family makes a schedule's kernel into loops. */
record KernelLowering(Schedule schedule, OperandReuse reuse, int precision, Switches switches) {
  LoweredKernel lower(Kernel kernel, LoweredKernel.Phases phases) {
    var scheduled = new ScheduledKernel(kernel, precision, schedule.stored(), schedule.weightOnly().learns(), switches);
    if (kernel.form() == KernelForm.ALONE) {
      return alone(scheduled);
    }
    if (kernel.form() == KernelForm.COUNTED) {
      return LowerNest.lower(new ScheduledKernel(kernel, 64, Set.of(), false, switches), LoweredKernel.Phases.ONE);
    }
    if (LowerMatMul.takes(kernel)) {
      return LowerMatMul.lower(scheduled, reuse);
    }
    var pointwise = LowerPointwiseConvolution.lower(scheduled, reuse);
    if (pointwise != null) {
      return pointwise;
    }
    var conv = ConvolutionGeometry.of(kernel);
    if (conv == null) {
      var open = OpenConvolution.of(kernel);
      return open == null ? LowerNest.lower(scheduled, phases) : isByFilter(kernel) ? LowerFilterGradient.lower(scheduled, open)
          : LowerTiledConvolution.lower(scheduled, open, reuse);
    }
    return isByFilter(kernel) ? LowerFilterGradient.lower(scheduled, conv)
        : LowerDepthwiseConvolution.takes(scheduled, conv) ? LowerDepthwiseConvolution.lower(scheduled, conv, reuse)
        : conv.batchLast() ? LowerBatchLastConvolution.lower(scheduled, conv) : LowerConvolution.lower(scheduled, conv, reuse);
  }

  private static boolean isByFilter(Kernel kernel) {
    return ((Op.Conv) kernel.nodes().getFirst().op()).role() == Op.ConvRole.FILTER;
  }

  private LoweredKernel alone(ScheduledKernel scheduled) {
    return switch (scheduled.kernel().nodes().getFirst().op()) {
      case Op.CumSum _ -> LowerScan.lower(scheduled);
      case Op.ArgSort _ -> LowerSort.lower(scheduled);
      default -> LowerScatter.lower(scheduled);
    };
  }
}

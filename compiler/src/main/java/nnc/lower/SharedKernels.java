package nnc.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import nnc.graph.Dim;
import nnc.loops.Loop;
import nnc.loops.WithoutLines;
import nnc.loops.expand.TransposeInRegisters;
import nnc.lower.common.AffineIndex;
import nnc.lower.common.LoweredKernel;
import nnc.lower.common.Origin;
import nnc.lower.common.PackedOperand;
import nnc.machine.Core;
import nnc.runtime.spec.ModelSpec;
import nnc.schedule.Kernel;
import nnc.schedule.KernelForm;

/** The loop kernels of a plan, each once: kernels of the schedule that are alike are lowered once, and of what they become equal loops are one. */
final class SharedKernels {
  private final KernelLowering lowering;
  private final PlanSizes sizes;
  private final Consumer<Dim> partials;
  private final Map<Wanted, Shared> lowered = new HashMap<>();
  /** The copying kernels of prepared factors, by the factor of the kernel that was lowered. */
  private final Map<PackedOperand, Shared> copying = new IdentityHashMap<>();
  private final Map<Loop.Kernel, Integer> numbers = new LinkedHashMap<>();
  private final List<Loop.Kernel> kernels = new ArrayList<>();
  private final List<Kernel> sources = new ArrayList<>();
  private int scratch;
  /** What kernels need whose scratch has an open size. */
  private final Set<Dim> openScratch = new LinkedHashSet<>();

  /** @param partials is told how much first phases leave for their second ones */
  SharedKernels(KernelLowering lowering, PlanSizes sizes, Consumer<Dim> partials) {
    this.lowering = lowering;
    this.sizes = sizes;
    this.partials = partials;
  }

  /** All that a kernel's lowering follows from. */
  private record Wanted(KernelSignature signature, LoweredKernel.Phases phases) {}

  /** A kernel that has been lowered, as those that are like it call it. */
  record Shared(int number, KernelSignature signature, LoweredKernel lowered, List<ModelSpec.Argument> sizes, ModelSpec.Poly blocks, ModelSpec.Poly work, Shared second) {

    ModelSpec.Call call(List<ModelSpec.Argument> arguments, String label, int line) {
      return new ModelSpec.Call(number, arguments, blocks, lowered.outermost().parallel(), work, label, line);
    }
  }

  /** The loop kernels, by number. */
  List<Loop.Kernel> kernels() {
    return kernels;
  }

  /** Which of the schedule's kernels each came from first. */
  List<Kernel> sources() {
    return sources;
  }

  /** Elements of scratch that each thread needs. */
  ModelSpec.Poly scratch() {
    var needs = new LinkedHashSet<>(openScratch);
    needs.add(Dim.of(scratch));
    return sizes.poly(PlanSizes.largest(needs).growing());
  }

  /** A kernel of the schedule, lowered unless one like it was. */
  Shared of(Kernel kernel, KernelSignature signature, LoweredKernel.Phases phases) {
    return lowered.computeIfAbsent(new Wanted(signature, phases), _ -> shared(signature, lowering.lower(kernel, phases)));
  }

  /** The kernel that makes a factor's copy. */
  Shared copying(PackedOperand factor) {
    var known = copying.get(factor);
    if (known == null) {
      known = shared(null, factor.copy());
      copying.put(factor, known);
    }
    return known;
  }

  private Shared shared(KernelSignature signature, LoweredKernel lowered) {
    var names = new TreeSet<String>();
    lowered.kernel().domain().shape().forEach(dim -> names.addAll(dim.names()));
    for (var origin : lowered.origins().values()) {
      if (origin instanceof Origin.Stretch(Origin.Buffer(var node), _)) {
        node.type().shape().forEach(dim -> names.addAll(dim.names()));
      }
    }
    lowered.dims().forEach(dim -> names.addAll(dim.names()));
    var parameters = new ArrayList<>(lowered.origins().keySet());
    names.forEach(name -> parameters.add(AffineIndex.argument(name)));
    var outermost = lowered.outermost();
    var kernel = new Loop.Kernel(parameters, outermost.variable(), outermost.kind(), lowered.body(),
        lowered.scratch().isConstant() ? lowered.scratch().fixed() : 0, lowered.kernel().form() == KernelForm.COUNTED);
    if (!lowered.scratch().isConstant()) {
      openScratch.add(lowered.scratch());
    }
    int number = numbers.computeIfAbsent(WithoutLines.withoutLines(kernel), _ -> {
      scratch = Math.max(scratch, TransposeInRegisters.scratch(kernel, Core.lanes(lowering.precision())));
      kernels.add(kernel);
      sources.add(lowered.kernel());
      return kernels.size() - 1;
    });
    var values = names.stream().<ModelSpec.Argument>map(name -> new ModelSpec.Argument.Value(sizes.poly(Dim.open(name)))).toList();
    Shared second = null;
    if (lowered.second() != null) {
      partials.accept(lowered.second().partials());
      second = shared(signature, lowered.second().lowered());
    }
    return new Shared(number, signature, lowered, values, sizes.poly(outermost.blocks()), sizes.poly(outermost.work()), second);
  }
}

package nnc.runtime.engine;

import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Need;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.Polynomials;

/** Whether a plan can run at all with what its open dimensions are. */
public final class SizeConditions {
  private final Plan plan;
  private final int[] dims;
  private Need unmet;

  /** @param dims the sizes at present, which change */
  public SizeConditions(Plan plan, int[] dims) {
    this.plan = plan;
    this.dims = dims;
  }

  /** Looks at the present sizes. */
  public void evaluate() {
    unmet = unmet(plan, dims);
  }

  /** Whether a run is possible. */
  public boolean areMet() {
    return unmet == null;
  }

  /** Why there can be no run. */
  public Fault fault() {
    var given = new StringBuilder();
    for (int i = 0; i < plan.dims().size(); i++) {
      if (Polynomials.depends(plan, unmet.number(), i)) {
        given.append(given.length() == 0 ? "" : ", ").append(plan.dims().get(i)).append(" is ").append(dims[i]);
      }
    }
    return new Fault(unmet.text() + ", and " + given);
  }

  /** What would be unmet if some dimensions had another size; null if nothing would. */
  public Need unmet(int[] others, int size) {
    int[] sizes = dims.clone();
    for (int dim : others) {
      sizes[dim] = size;
    }
    Polynomials.divide(plan, sizes);
    return unmet(plan, sizes);
  }

  /** The first that sizes, of quotients too, leave unmet; null if there is none. */
  public static Need unmet(Plan plan, int[] dims) {
    for (int i = 0; i < plan.needs().size(); i++) {
      if (Polynomials.value(plan.needs().get(i).number(), dims) < 0) {
        return plan.needs().get(i);
      }
    }
    return null;
  }
}

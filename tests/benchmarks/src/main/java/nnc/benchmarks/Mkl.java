package nnc.benchmarks;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;

/** Intel's MKL: matrix products without an engine around them. The binding is OpenBLAS's; a property makes it load MKL. */
final class Mkl implements Job {
  private final int[] sizes;
  private final boolean left;
  private final boolean right;
  private final FloatPointer a;
  private final FloatPointer b;
  private final FloatPointer c;

  Mkl(Workload workload, Map<String, Array> arrays) {
    sizes = workload.sizes();
    left = Products.turned(workload, "a");
    right = Products.turned(workload, "b");
    a = new FloatPointer(arrays.get("a").values());
    b = new FloatPointer(arrays.get("b").values());
    c = new FloatPointer((long) sizes[0] * sizes[2]);
  }

  @Override
  public void run() {
    int m = sizes[0];
    int k = sizes[1];
    int n = sizes[2];
    cblas_sgemm(CblasRowMajor, left ? CblasTrans : CblasNoTrans, right ? CblasTrans : CblasNoTrans, m, n, k,
        1, a, left ? m : k, b, right ? k : n, 0, c, n);
  }

  @Override
  public float[] proof() {
    run();
    var result = new float[sizes[0] * sizes[2]];
    c.get(result);
    return result;
  }
}

package nnc.benchmarks;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;

/** Intel's MKL: matrix products without an engine around them. The binding is OpenBLAS's; a property makes it load MKL. */
final class Mkl implements Job {
  private final int[] sizes;
  private final FloatPointer a;
  private final FloatPointer b;
  private final FloatPointer c;

  Mkl(Workload workload, Map<String, Array> arrays) {
    sizes = workload.sizes();
    a = new FloatPointer(arrays.get("a").values());
    b = new FloatPointer(arrays.get("b").values());
    c = new FloatPointer((long) sizes[0] * sizes[2]);
  }

  @Override
  public void run() {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, sizes[0], sizes[2], sizes[1], 1, a, sizes[1], b, sizes[2], 0, c, sizes[2]);
  }

  @Override
  public float[] proof() {
    run();
    var result = new float[sizes[0] * sizes[2]];
    c.get(result);
    return result;
  }
}

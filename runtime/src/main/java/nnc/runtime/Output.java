package nnc.runtime;

import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.Polynomials;

/** A result of a {@link Context}: readable after a run until the next one begins. */
public final class Output {
  private final Context context;
  private final Result result;
  private final int base;
  private final int[] shape;
  private int size;

  Output(Context context, Result result) {
    this.context = context;
    this.result = result;
    base = context.executor().base(result.place().slot());
    shape = new int[result.place().shape().size()];
  }

  void evaluate(int[] dims) {
    long all = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = (int) Polynomials.value(result.place().shape().get(i), dims);
      all *= shape[i];
    }
    size = (int) all;
  }

  boolean isOf(Context other) {
    return context == other;
  }

  /** The name in the source; a gradient's is its parameter's path. */
  public String name() {
    return result.name();
  }

  /** What it is called outside the program, where that is another name; else empty. */
  public String alias() {
    return result.alias();
  }

  boolean isCalled(String name) {
    return result.isCalled(name);
  }

  /** {@code probability: float[N, 10]}. */
  public String declaration() {
    return name() + ": " + Polynomials.text(result.kind(), result.place().shape(), Polynomials.names(context.executor().plan()));
  }

  /** What the classes are called that its whole numbers, or the places of its last axis, stand for; none if it speaks of no category. */
  public List<String> classes() {
    return result.role() == Role.VALUE ? List.of() : context.classes(result.names());
  }

  /**
   * Of a {@code VALUE} that a layer gives, the value or input that the layer was applied to, perhaps by way of functions of it alone; empty if it was
   * applied to what has no name, or this is no such value.
   */
  public String from() {
    return result.role() == Role.VALUE ? result.names() : "";
  }

  /** {@code OUTPUT}, {@code LOSS}, {@code METRIC}, {@code GRADIENT} or another name of a graph's roles. */
  public Role role() {
    return result.role();
  }

  /** {@code float}, {@code int} or {@code bool}. */
  public String kind() {
    return result.kind().toString();
  }

  /**
   * The axis that counts examples, where each is computed from what is fed for it alone: then a batch may be run in parts. Otherwise
   * {@link Result#ALIKE} or {@link Result#MIXED}.
   */
  public int rows() {
    return result.rows();
  }

  /** The sizes at present. */
  public int[] shape() {
    return shape.clone();
  }

  /** The number of elements at present. */
  public int size() {
    return size;
  }

  /** The element at row-major place {@code index}. */
  public double get(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException("output " + name() + ": element " + index + " of " + size);
    }
    double value = NumericArrays.get(result.kind(), context.executor().memory(), base + index);
    context.requireUser();
    return value;
  }

  /** Copies all elements to {@code target} from its place {@code at} on; whole numbers as the nearest floats. */
  public void copyTo(float[] target, int at) {
    Object memory = context.executor().memory();
    room(target.length, at);
    if (memory instanceof float[] floats && result.kind() != ElementKind.INT) {
      System.arraycopy(floats, base, target, at, size);
    } else {
      for (int i = 0; i < size; i++) {
        target[at + i] = (float) NumericArrays.get(result.kind(), memory, base + i);
      }
    }
    context.requireUser();
  }

  /** Copies all elements to {@code target} from its place {@code at} on. */
  public void copyTo(double[] target, int at) {
    Object memory = context.executor().memory();
    room(target.length, at);
    for (int i = 0; i < size; i++) {
      target[at + i] = NumericArrays.get(result.kind(), memory, base + i);
    }
    context.requireUser();
  }

  /** Copies all elements of a whole-number output to {@code target} from its place {@code at} on. */
  public void copyTo(int[] target, int at) {
    Object memory = context.executor().memory();
    room(target.length, at);
    for (int i = 0; i < size; i++) {
      target[at + i] = (int) NumericArrays.get(result.kind(), memory, base + i);
    }
    context.requireUser();
  }

  private void room(int length, int at) {
    if (at < 0 || at > length - size) {
      throw new Fault("output " + name() + " has " + size + " elements, and from place " + at + " on the array has room for " + Math.max(0, length - Math.max(0, at)));
    }
  }

  /** A copy: an {@code int} as int32, a {@code bool} as bool, a {@code float} as the network's float type. */
  public Tensor tensor() {
    Object memory = context.executor().memory();
    if (result.kind() == ElementKind.INT) {
      int[] values = new int[size];
      copyTo(values, 0);
      return new Tensor(shape(), values);
    }
    if (result.kind() == ElementKind.BOOL) {
      boolean[] values = new boolean[size];
      for (int i = 0; i < size; i++) {
        values[i] = NumericArrays.get(memory, base + i) != 0;
      }
      context.requireUser();
      return new Tensor(shape(), values);
    }
    if (memory instanceof float[]) {
      float[] values = new float[size];
      copyTo(values, 0);
      return new Tensor(shape(), values);
    }
    double[] values = new double[size];
    copyTo(values, 0);
    return new Tensor(shape(), values);
  }

  /** Whether the first axis counts examples. */
  public boolean isByRow() {
    return shape.length > 0 && context.executor().plan().batch() >= 0 && Polynomials.dimension(result.place().shape().get(0)) == context.executor().plan().batch();
  }

  /** Whether the size of an axis follows from the sizes of what is fed, and is no number of the program's; false if there is no such axis. */
  public boolean isOpen(int axis) {
    return axis < shape.length && !Polynomials.isConstant(result.place().shape().get(axis));
  }

  /** Where the elements are. */
  int base() {
    return base;
  }
}

package nnc.runtime.engine;

import java.util.List;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Makes the Vector API known to the JIT before code that uses it is compiled. It compiles a call only if the classes that it names have been
 * looked up by the class loader of the code, and what is behind it has been loaded, initialised and linked; otherwise the compiled code
 * gives up when it gets there, and all begins anew. And it keeps vectors in registers only if it knows, from calls that it has seen, which
 * class of vectors the methods of the API are called on.
 *
 * <p>The only class that names the API: it is not touched where the module may be absent.
 */
final class VectorPrimer {
  private VectorPrimer() {}

  /** The classes that emitted code names: of the Vector API, and others. */
  static final List<String> VECTOR_CLASSES = List.of("Vector", "FloatVector", "DoubleVector", "IntVector", "LongVector", "VectorMask", "VectorShuffle",
      "VectorSpecies", "VectorOperators", "VectorOperators$Associative", "VectorOperators$Binary", "VectorOperators$Comparison");
  static final List<String> CLASSES = List.of("java.lang.Math", "java.lang.StrictMath", "java.lang.Float", "java.lang.Double", "java.lang.Long");

  /**
   * So often the calls are seen: the JVM begins to count after some hundred, and again in the code that it compiles then, of which the JIT goes by
   * what it has seen a thousand times. After five thousand it would compile the methods of the API by themselves, before any code that uses them.
   */
  private static final int TIMES = 2000;

  /** Vectors of the loop that settles what a check does, calls of it that are timed together, and how long it may take altogether. */
  private static final int ROUNDS = 16, CALLS = 64;
  private static final long SETTLING_NS = 3_000_000_000L;
  /** What a call takes at most once it is compiled, in nanoseconds, and how often in a row that must be so. */
  private static final long QUICK_NS = 1000;
  private static final int QUICK_TIMES = 32;

  private static boolean settled;

  /** Bits of the vectors of floats and of doubles for which all has been called. */
  private static final int[] CALLED = new int[2];

  /** Bits of the widest vectors that the machine has. */
  static int preferredBits() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize();
  }

  /** For code of a class whose vectors have {@code bits} bits. */
  static void prime(Class<?> code, int bits, boolean wide) {
    for (String name : CLASSES) {
      find(name, code);
    }
    for (String name : VECTOR_CLASSES) {
      find(VectorWidth.MODULE + "." + name, code);
    }
    call(bits, wide);
  }

  /** Once for all networks of a process. */
  private static synchronized void call(int bits, boolean wide) {
    for (int i = 0; i < TIMES && CALLED[wide ? 1 : 0] != bits; i++) {
      enter(i % 2);
      each(bits, wide);
    }
    CALLED[wide ? 1 : 0] = bits;
    settle();
  }

  /**
   * Has a loop of loads and stores compiled and runs it. What checks their indices branches by a constant; C1 counts no such branch, and C2 may
   * take what nobody has counted for impossible. Compiled code gives up there once, and the JIT knows it from then on for all that it
   * compiles: so it had better be this loop.
   */
  private static void settle() {
    int lanes = FloatVector.SPECIES_PREFERRED.length();
    float[] memory = new float[ROUNDS * lanes];
    int[] map = Kernels.strided(lanes, 1);
    VectorMask<Float> mask = FloatVector.SPECIES_PREFERRED.indexInRange(0, 1);
    long end = System.nanoTime() + SETTLING_NS;
    int quick = 0;
    while (!settled && System.nanoTime() < end) {
      long start = System.nanoTime();
      for (int i = 0; i < CALLS; i++) {
        copy(memory, map, mask);
      }
      quick = System.nanoTime() - start < CALLS * QUICK_NS ? quick + 1 : 0;
      settled = quick == QUICK_TIMES;
    }
  }

  private static void copy(float[] memory, int[] map, VectorMask<Float> mask) {
    int lanes = FloatVector.SPECIES_PREFERRED.length();
    for (int i = 0; i < memory.length; i += lanes) {
      FloatVector near = FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, memory, i);
      FloatVector far = FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, memory, 0, map, lanes * lanes);
      FloatVector few = FloatVector.fromArray(FloatVector.SPECIES_PREFERRED, memory, i, mask);
      near.min(far).intoArray(memory, i);
      few.intoArray(memory, i, mask);
    }
  }

  /** Calls all of it once. */
  private static void each(int bits, boolean wide) {
    if (wide) {
      doubles(bits == 512 ? DoubleVector.SPECIES_512 : bits == 256 ? DoubleVector.SPECIES_256 : DoubleVector.SPECIES_128,
          bits == 512 ? LongVector.SPECIES_512 : bits == 256 ? LongVector.SPECIES_256 : LongVector.SPECIES_128);
    } else {
      floats(bits == 512 ? FloatVector.SPECIES_512 : bits == 256 ? FloatVector.SPECIES_256 : FloatVector.SPECIES_128,
          bits == 512 ? IntVector.SPECIES_512 : bits == 256 ? IntVector.SPECIES_256 : IntVector.SPECIES_128);
    }
  }

  /** Both ways, so that the JIT takes neither for impossible. */
  private static void enter(int elements) {
    try {
      Kernels.enter(elements);
    } catch (IllegalStateException e) {
      Kernels.enter(1);
    }
  }

  private static void find(String name, Class<?> code) {
    try {
      Class.forName(name, true, code.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new NoClassDefFoundError(e.getMessage());
    }
  }

  private static void floats(VectorSpecies<Float> species, VectorSpecies<Integer> bitSpecies) {
    int lanes = species.length();
    float[] memory = new float[2 * lanes];
    int[] map = Kernels.strided(lanes, 1);
    int whole = lanes * lanes;
    VectorMask<Float> mask = species.indexInRange(0, 1);
    FloatVector ones = FloatVector.broadcast(species, 1f);
    FloatVector a = FloatVector.fromArray(species, memory, 0).add(ones);
    a = FloatVector.fromArray(species, memory, 0, mask).add(a).sub(ones).mul(a).div(ones).fma(ones, a);
    a = FloatVector.fromArray(species, memory, 0, map, whole).add(a);
    a = FloatVector.fromArray(species, memory, 0, map, lanes, mask).add(a).neg().abs().sqrt().addIndex(1);
    a = a.rearrange(shuffle(species)).blend(ones, masks(a.compare(VectorOperators.LT, ones), a.compare(VectorOperators.LE, ones)));
    a = a.blend(ones, masks(a.compare(VectorOperators.EQ, ones), a.compare(VectorOperators.GT, ones)));
    a = a.blend(ones, masks(a.compare(VectorOperators.NE, a), a.compare(VectorOperators.NE, 0f)));
    IntVector bits = IntVector.broadcast(bitSpecies, 1).addIndex(1).add(a.reinterpretAsInts());
    bits = bits.sub(bits).mul(bits).and(bits).or(bits).lanewise(VectorOperators.LSHL, 1).lanewise(VectorOperators.LSHR, 1)
        .lanewise(VectorOperators.ASHR, 1).lanewise(VectorOperators.XOR, bits);
    bits = ((FloatVector) bits.min(bits).max(bits).castShape(species, 0)).castShape(bitSpecies, 0).reinterpretAsInts();
    a = bits.reinterpretAsFloats().blend(ones, masks(bits.compare(VectorOperators.LT, bits).cast(species), mask));
    a.intoArray(memory, 0);
    a.intoArray(memory, 0, mask);
    a.intoArray(memory, 0, map, whole);
    a.intoArray(memory, 0, map, lanes, mask);
    a.reduceLanes(VectorOperators.MAX);
    a.reduceLanes(VectorOperators.MIN);
  }

  private static void doubles(VectorSpecies<Double> species, VectorSpecies<Long> bitSpecies) {
    int lanes = species.length();
    double[] memory = new double[2 * lanes];
    int[] map = Kernels.strided(lanes, 1);
    int whole = lanes * lanes;
    VectorMask<Double> mask = species.indexInRange(0, 1);
    DoubleVector ones = DoubleVector.broadcast(species, 1d);
    DoubleVector a = DoubleVector.fromArray(species, memory, 0).add(ones);
    a = DoubleVector.fromArray(species, memory, 0, mask).add(a).sub(ones).mul(a).div(ones).fma(ones, a);
    a = DoubleVector.fromArray(species, memory, 0, map, whole).add(a);
    a = DoubleVector.fromArray(species, memory, 0, map, lanes, mask).add(a).neg().abs().sqrt().addIndex(1);
    a = a.rearrange(shuffle(species)).blend(ones, masks(a.compare(VectorOperators.LT, ones), a.compare(VectorOperators.LE, ones)));
    a = a.blend(ones, masks(a.compare(VectorOperators.EQ, ones), a.compare(VectorOperators.GT, ones)));
    a = a.blend(ones, masks(a.compare(VectorOperators.NE, a), a.compare(VectorOperators.NE, 0d)));
    LongVector bits = LongVector.broadcast(bitSpecies, 1L).addIndex(1).add(a.reinterpretAsLongs());
    bits = bits.sub(bits).mul(bits).and(bits).or(bits).lanewise(VectorOperators.LSHL, 1L).lanewise(VectorOperators.LSHR, 1L)
        .lanewise(VectorOperators.ASHR, 1L).lanewise(VectorOperators.XOR, bits);
    bits = ((DoubleVector) bits.min(bits).max(bits).castShape(species, 0)).castShape(bitSpecies, 0).reinterpretAsLongs();
    a = bits.reinterpretAsDoubles().blend(ones, masks(bits.compare(VectorOperators.LT, bits).cast(species), mask));
    a.intoArray(memory, 0);
    a.intoArray(memory, 0, mask);
    a.intoArray(memory, 0, map, whole);
    a.intoArray(memory, 0, map, lanes, mask);
    a.reduceLanes(VectorOperators.MAX);
    a.reduceLanes(VectorOperators.MIN);
  }

  private static <E> VectorShuffle<E> shuffle(VectorSpecies<E> species) {
    VectorShuffle.iota(species, 1, 1, true);
    return species.shuffleFromArray(Kernels.shuffled(species.length(), 1, 2), 0);
  }

  private static <E> VectorMask<E> masks(VectorMask<E> a, VectorMask<E> b) {
    VectorSpecies<E> species = a.vectorSpecies();
    VectorMask<E> mask = a.and(b).or(species.maskAll(true)).not().or(VectorMask.fromLong(species, 1));
    return mask.toLong() != 0 && mask.anyTrue() ? mask : a;
  }
}

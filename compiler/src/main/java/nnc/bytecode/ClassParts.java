package nnc.bytecode;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import nnc.loops.Loop.Fn;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * What kernels want their class to have: constant masks, shuffles and index maps as static finals, and the folds of accumulators; and which
 * of its methods have vector code and call which.
 */
final class ClassParts {
  final String owner;
  private final ClassWriter writer;
  private final Map<Object, String> outlined = new HashMap<>();
  /** Methods with vector code and their descriptors, in the order of their numbers. */
  private final Map<String, String> guarded = new LinkedHashMap<>();
  private final Map<String, Set<String>> callees = new HashMap<>();
  final Set<Integer> masks = new TreeSet<>();
  final Set<Integer> maps = new TreeSet<>();
  final Set<Integer> repeats = new TreeSet<>();
  /** Whether a kernel takes every other lane. */
  boolean evens;
  final Set<Boolean> transposes = new TreeSet<>();
  final Set<Fn> folds = EnumSet.noneOf(Fn.class);

  /** @param owner the class's internal name */
  ClassParts(String owner, ClassWriter writer) {
    this.owner = owner;
    this.writer = writer;
  }

  /** The method that was made for a key, or null; {@link #outline} makes its name. */
  String outlined(Object key) {
    return outlined.get(key);
  }

  /** A name for another method of the class. */
  String outline(Object key) {
    var name = "part" + outlined.size();
    outlined.put(key, name);
    return name;
  }

  /** Says that one method of the class calls another one. */
  void calls(String caller, String callee) {
    callees.computeIfAbsent(caller, _ -> new LinkedHashSet<>()).add(callee);
  }

  /** The number of a method that begins with {@link Guard#vectors}. */
  int guarded(String name, String descriptor) {
    guarded.put(name, descriptor);
    return guarded.size() - 1;
  }

  /** The names of those methods, by number. */
  List<String> guarded() {
    return List.copyOf(guarded.keySet());
  }

  String descriptor(String guarded) {
    return this.guarded.get(guarded);
  }

  /** The guarded ones among a method and those it calls, directly or not: the callers first. */
  Set<String> guardedFrom(String method) {
    var reached = new LinkedHashSet<String>();
    reach(method, reached);
    reached.retainAll(guarded.keySet());
    return reached;
  }

  private void reach(String method, Set<String> reached) {
    if (reached.add(method)) {
      callees.getOrDefault(method, Set.of()).forEach(callee -> reach(callee, reached));
    }
  }

  MethodVisitor method(String name, String descriptor) {
    return writer.visitMethod(Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC, name, descriptor, null, null);
  }

  /** The first {@code count} lanes. */
  String mask(int count) {
    masks.add(count);
    return "MASK" + count;
  }

  /** Maps for gathering with a stride: {@link nnc.runtime.engine.Kernels#strided}. */
  String map(int stride) {
    maps.add(stride);
    return "MAP" + (stride < 0 ? "_" : "") + Math.abs(stride);
  }

  /** Lane i takes lane i / times. */
  String repeat(int times) {
    repeats.add(times);
    return "REPEAT" + times;
  }

  /** Lane i takes lane 2 * i of a vector; the upper half again what the lower half does. */
  String evens() {
    evens = true;
    return "EVENS";
  }

  /** Lane i takes lane i + by, counted round. */
  String rotation(int by) {
    return "ROTATION" + (by < 0 ? "_" : "") + Math.abs(by);
  }

  /** Of lanes in stretches of so many, every second stretch. */
  String odd(int stretch) {
    return "ODD" + stretch;
  }

  /** The method that transposes a square, a whole one or of fewer lines and columns: {@link TransposeMethod}. */
  String transpose(boolean whole) {
    transposes.add(whole);
    return whole ? "turn" : "turnPart";
  }

  void needFold(Fn fn) {
    folds.add(fn);
  }
}

package nnc.bytecode;

import java.util.List;
import java.util.function.ObjIntConsumer;
import nnc.loops.Loop;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Stmt;
import nnc.loops.expand.Width;
import nnc.runtime.engine.Kernels;
import nnc.source.CompilerFault;
import nnc.source.Span;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** The class of a purpose at one width: a static method a kernel, and {@code run}, which chooses among them. */
public final class ProgramEmitter {
  static final String BASE = Kernels.class.getName().replace('.', '/');
  /** Methods that one method chooses among: its code stays far below what the JIT compiles. */
  private static final int MAX_CHOICES_PER_SWITCH = 100;
  /** Characters that always fit a class file's constant, at three bytes each. */
  private static final int MAX_CONSTANT_CHARS = 0xffff / 3;

  private final String name;
  private final Width width;
  private final JdkNames names;
  private final ClassWriter writer;
  private final ClassParts parts;

  private ProgramEmitter(String name, Width width, int precision) {
    this.name = name;
    this.width = width;
    this.names = new JdkNames(precision);
    this.writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES | ClassWriter.COMPUTE_MAXS) {
      @Override
      protected String getCommonSuperClass(String a, String b) {
        return a.equals(b) ? a : "java/lang/Object";
      }
    };
    this.parts = new ClassParts(name, writer);
  }

  /**
   * The bytes of a class.
   *
   * @param program   what a plan calls its kernels
   * @param source    the file that line numbers speak of
   * @param kernels   expanded for the width
   * @param precision 32 or 64
   */
  public static byte[] emit(String program, String source, List<Loop.Kernel> kernels, Width width, int precision) {
    return new ProgramEmitter((Kernels.PACKAGE + program + width.suffix()).replace('.', '/'), width, precision).emit(source, kernels);
  }

  private byte[] emit(String source, List<Loop.Kernel> kernels) {
    writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SUPER, name, null, BASE, null);
    writer.visitSource(source, null);
    constructor();
    var kernelDescriptor = "(" + names.array + names.array + "[IIIII)V";
    for (int i = 0; i < kernels.size(); i++) {
      var method = writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, "k" + i, kernelDescriptor, null, null);
      var inside = kernels.get(i).inDouble() && !names.wide ? new JdkNames(64, 32) : names;
      try {
        new KernelEmitter(method, "k" + i, inside, width, parts).emit(kernels.get(i), kernelDescriptor);
      } catch (RuntimeException | StackOverflowError e) {
        int line = line(kernels.get(i).body());
        throw CompilerFault.at(line == 0 ? Span.NONE : new Span(source, line, 1, line, 1), e);
      }
    }
    choice("run", "(ILjava/lang/Object;Ljava/lang/Object;[IIIII)V", kernels.size(), (method, kernel) -> {
      for (int i = 2; i <= 8; i++) {
        method.visitVarInsn(i <= 4 ? Opcodes.ALOAD : Opcodes.ILOAD, i);
      }
      method.visitMethodInsn(Opcodes.INVOKESTATIC, name, "k" + kernel, kernelDescriptor, false);
    });
    parts.folds.forEach(this::fold);
    parts.transposes.forEach(this::transpose);
    if (width != Width.SCALAR) {
      constants();
      touches(kernels);
    }
    writer.visitEnd();
    return writer.toByteArray();
  }

  /** The first line of the program that loops are of; 0 if none is told. */
  private static int line(List<Stmt> body) {
    int line = 0;
    for (int i = 0; i < body.size() && line == 0; i++) {
      line = body.get(i) instanceof Stmt.Line(var told) ? told : body.get(i) instanceof Stmt.For loop ? line(loop.body()) : 0;
    }
    return line;
  }

  private void constructor() {
    var method = writer.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
    method.visitCode();
    method.visitVarInsn(Opcodes.ALOAD, 0);
    method.visitMethodInsn(Opcodes.INVOKESPECIAL, BASE, "<init>", "()V", false);
    method.visitInsn(Opcodes.RETURN);
    method.visitMaxs(0, 0);
    method.visitEnd();
  }

  /**
   * A method {@code (choice, ...)} that goes on as its first argument says: a switch or, where there are many choices, one among methods with
   * a switch each. Objects among the arguments are arrays of elements; they are known to be so from the beginning, as the JIT compiles anew
   * where a choice is the first to be given, or not to be given, the array that it tests.
   */
  private void choice(String title, String descriptor, int count, ObjIntConsumer<MethodVisitor> chosen) {
    int methods = Math.ceilDiv(count, MAX_CHOICES_PER_SWITCH);
    if (methods <= 1) {
      choice(Opcodes.ACC_PUBLIC, title, descriptor, 0, count, chosen);
      return;
    }
    for (int i = 0; i < methods; i++) {
      int first = i * MAX_CHOICES_PER_SWITCH;
      choice(Opcodes.ACC_PRIVATE, title + i, descriptor, first, Math.min(count, first + MAX_CHOICES_PER_SWITCH), chosen);
    }
    var method = writer.visitMethod(Opcodes.ACC_PUBLIC, title, descriptor, null, null);
    method.visitCode();
    method.visitVarInsn(Opcodes.ILOAD, 1);
    method.visitIntInsn(Opcodes.BIPUSH, MAX_CHOICES_PER_SWITCH);
    method.visitInsn(Opcodes.IDIV);
    choose(method, 0, methods, (_, i) -> {
      method.visitVarInsn(Opcodes.ALOAD, 0);
      int slot = 1;
      for (var type : Type.getArgumentTypes(descriptor)) {
        method.visitVarInsn(type.getOpcode(Opcodes.ILOAD), slot++);
      }
      method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, name, title + i, descriptor, false);
    });
  }

  private void choice(int access, String title, String descriptor, int first, int end, ObjIntConsumer<MethodVisitor> chosen) {
    var method = writer.visitMethod(access, title, descriptor, null, null);
    method.visitCode();
    if (end > first) {
      arrays(method, descriptor);
      method.visitVarInsn(Opcodes.ILOAD, 1);
      choose(method, first, end, chosen);
    } else {
      method.visitInsn(Opcodes.RETURN);
      method.visitMaxs(0, 0);
      method.visitEnd();
    }
  }

  private void arrays(MethodVisitor method, String descriptor) {
    var arguments = Type.getArgumentTypes(descriptor);
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].getSort() == Type.OBJECT) {
        method.visitVarInsn(Opcodes.ALOAD, 1 + i);
        method.visitTypeInsn(Opcodes.CHECKCAST, names.array);
        method.visitVarInsn(Opcodes.ASTORE, 1 + i);
      }
    }
  }

  /** Ends a method by a switch over the integer that is on the stack. */
  private static void choose(MethodVisitor method, int first, int end, ObjIntConsumer<MethodVisitor> chosen) {
    var otherwise = new Label();
    var labels = new Label[end - first];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = new Label();
    }
    method.visitTableSwitchInsn(first, end - 1, otherwise, labels);
    for (int i = 0; i < labels.length; i++) {
      method.visitLabel(labels[i]);
      chosen.accept(method, first + i);
      method.visitInsn(Opcodes.RETURN);
    }
    method.visitLabel(otherwise);
    method.visitInsn(Opcodes.RETURN);
    method.visitMaxs(0, 0);
    method.visitEnd();
  }

  /** What {@link Kernels#touch} and {@link Kernels#vectorMethods} say of the class. */
  private void touches(List<Loop.Kernel> kernels) {
    var guarded = parts.guarded();
    choice("touch", "(ILjava/lang/Object;[I)V", guarded.size(), (method, number) -> {
      var descriptor = parts.descriptor(guarded.get(number));
      for (var type : Type.getArgumentTypes(descriptor)) {
        pushEmpty(method, type);
      }
      method.visitMethodInsn(Opcodes.INVOKESTATIC, name, guarded.get(number), descriptor, false);
      int size = Type.getReturnType(descriptor).getSize();
      if (size > 0) {
        method.visitInsn(size == 2 ? Opcodes.POP2 : Opcodes.POP);
      }
    });
    var lists = new StringBuilder();
    for (int i = 0; i < kernels.size(); i++) {
      var methods = parts.guardedFrom("k" + i);
      lists.append((char) methods.size()).append((char) (KernelEmitter.tells(kernels.get(i)) ? 1 : 0));
      methods.forEach(method -> lists.append((char) guarded.indexOf(method)));
    }
    var method = writer.visitMethod(Opcodes.ACC_PUBLIC, "vectorMethods", "()Ljava/lang/String;", null, null);
    method.visitCode();
    method.visitLdcInsn(lists.substring(0, Math.min(lists.length(), MAX_CONSTANT_CHARS)));
    for (int at = MAX_CONSTANT_CHARS; at < lists.length(); at += MAX_CONSTANT_CHARS) {
      method.visitLdcInsn(lists.substring(at, Math.min(lists.length(), at + MAX_CONSTANT_CHARS)));
      method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, "java/lang/String", "concat", "(Ljava/lang/String;)Ljava/lang/String;", false);
    }
    method.visitInsn(Opcodes.ARETURN);
    method.visitMaxs(0, 0);
    method.visitEnd();
  }

  /** An argument of {@code touch}'s callee: the arrays that it was given, or nothing. */
  private void pushEmpty(MethodVisitor method, Type type) {
    if (type.getDescriptor().equals(names.array)) {
      method.visitVarInsn(Opcodes.ALOAD, 2);
    } else if (type.getDescriptor().equals("[I")) {
      method.visitVarInsn(Opcodes.ALOAD, 3);
    } else {
      method.visitInsn(switch (type.getSort()) {
        case Type.OBJECT -> Opcodes.ACONST_NULL;
        case Type.FLOAT -> Opcodes.FCONST_0;
        case Type.DOUBLE -> Opcodes.DCONST_0;
        case Type.LONG -> Opcodes.LCONST_0;
        default -> Opcodes.ICONST_0;
      });
    }
  }

  /** {@code for (h = lanes / 2; h > 0; h /= 2) for (l = 0; l < h; l++) a[at + l] = fn(a[at + l], a[at + l + h])}, giving a[at]. */
  private void fold(Fn fn) {
    var descriptor = FoldMethod.descriptor(names, fn);
    var method = parts.method("fold" + fn, descriptor);
    new FoldMethod(new Code(method, names, 2), fn, name, width.lanes(names.wide ? 64 : 32)).emit(parts, "fold" + fn, descriptor);
  }

  /** Transposes a square of as many lines as a vector has lanes, or less. */
  private void transpose(boolean whole) {
    var method = parts.method(parts.transpose(whole), TransposeMethod.descriptor(names, whole));
    new TransposeMethod(new Code(method, names, TransposeMethod.parameters(whole)), parts, width.lanes(names.wide ? 64 : 32), whole).emit();
  }

  /** The species, and the masks, shuffles and index maps that kernels asked for: static finals, which the JIT takes for constants. */
  private void constants() {
    var method = writer.visitMethod(Opcodes.ACC_STATIC, "<clinit>", "()V", null, null);
    method.visitCode();
    var code = new Code(method, names, 0);
    var species = "SPECIES_" + width.suffix();
    constant(code, "S", JdkNames.SPECIES, () -> method.visitFieldInsn(Opcodes.GETSTATIC, names.vectorClass, species, JdkNames.SPECIES));
    constant(code, "B", JdkNames.SPECIES, () -> method.visitFieldInsn(Opcodes.GETSTATIC, names.bitsClass, species, JdkNames.SPECIES));
    for (var count : parts.masks) {
      constant(code, parts.mask(count), JdkNames.MASK, () -> {
        species(code);
        code.constant(0);
        code.constant(count);
        code.callInterface(JdkNames.PACKAGE + "VectorSpecies", "indexInRange", "(II)" + JdkNames.MASK);
      });
    }
    int lanes = width.lanes(names.wide ? 64 : 32);
    for (var stride : parts.maps) {
      constant(code, parts.map(stride), "[I", () -> {
        code.constant(lanes);
        code.constant(stride);
        code.callStatic(BASE, "strided", "(II)[I");
      });
    }
    for (var times : parts.repeats) {
      shuffle(code, parts.repeat(times), lanes, 1, times);
    }
    if (parts.evens) {
      shuffle(code, parts.evens(), lanes, 2, 1);
    }
    for (int by = 1; by < lanes && !parts.transposes.isEmpty(); by *= 2) {
      rotation(code, by);
      rotation(code, -by);
      odd(code, by, lanes);
    }
    method.visitInsn(Opcodes.RETURN);
    method.visitMaxs(0, 0);
    method.visitEnd();
  }

  private void shuffle(Code code, String field, int lanes, int times, int by) {
    constant(code, field, JdkNames.SHUFFLE, () -> {
      species(code);
      code.constant(lanes);
      code.constant(times);
      code.constant(by);
      code.callStatic(BASE, "shuffled", "(III)[I");
      code.constant(0);
      code.callInterface(JdkNames.PACKAGE + "VectorSpecies", "shuffleFromArray", "([II)" + JdkNames.SHUFFLE);
    });
  }

  private void rotation(Code code, int by) {
    constant(code, parts.rotation(by), JdkNames.SHUFFLE, () -> {
      species(code);
      code.constant(by);
      code.constant(1);
      code.constant(1);
      code.callStatic(JdkNames.SHUFFLE_CLASS, "iota", "(" + JdkNames.SPECIES + "IIZ)" + JdkNames.SHUFFLE);
    });
  }

  private void odd(Code code, int stretch, int lanes) {
    long bits = 0;
    for (int lane = 0; lane < lanes; lane++) {
      bits |= (long) (lane / stretch % 2) << lane;
    }
    long odd = bits;
    constant(code, parts.odd(stretch), JdkNames.MASK, () -> {
      species(code);
      code.method.visitLdcInsn(odd);
      code.callStatic(JdkNames.MASK_CLASS, "fromLong", "(" + JdkNames.SPECIES + "J)" + JdkNames.MASK);
    });
  }

  private void species(Code code) {
    code.method.visitFieldInsn(Opcodes.GETSTATIC, name, "S", JdkNames.SPECIES);
  }

  /** A static final that is what {@code value} pushes. */
  private void constant(Code code, String field, String descriptor, Runnable value) {
    field(field, descriptor);
    value.run();
    code.method.visitFieldInsn(Opcodes.PUTSTATIC, name, field, descriptor);
  }

  private void field(String field, String descriptor) {
    writer.visitField(Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_FINAL, field, descriptor, null, null).visitEnd();
  }
}

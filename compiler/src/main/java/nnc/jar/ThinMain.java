package nnc.jar;

import nnc.runtime.engine.Kernels;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Where {@code java -jar} begins in a jar that has no runtime inside: a class for Java 8 that hands over to the runtime, or says what is missing. It is in the network's
 * package, as no package may be in two modules.
 */
final class ThinMain {
  private ThinMain() {}

  private static final String START = "nnc.runtime.cli.Start", MAIN = "([Ljava/lang/String;)V";

  /** The class's name. */
  static String name(String network) {
    return Kernels.PACKAGE + NetworkPackage.of(network) + ".Main";
  }

  static String file(String network) {
    return name(network).replace('.', '/') + ".class";
  }

  /** What is said where there is no runtime. */
  static String message(String version) {
    return "error: this jar has no runtime inside, as nnc compile --thin makes them, and there is none on the class path\n  put " + runtime(version)
        + " beside it, or depend on " + CompilerVersion.RUNTIME + ":" + version + ", or compile it without --thin";
  }

  /** The file that is looked for beside the jar. */
  static String runtime(String version) {
    return "nnc-runtime-" + version + ".jar";
  }

  static byte[] of(String network, String version) {
    var type = name(network).replace('.', '/');
    var out = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    out.visit(Opcodes.V1_8, Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SUPER, type, null, "java/lang/Object", null);
    var code = out.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, "main", MAIN, null, null);
    Label look = new Label(), found = new Label(), missing = new Label();
    code.visitCode();
    code.visitTryCatchBlock(look, found, missing, "java/lang/ClassNotFoundException");
    code.visitLabel(look);
    code.visitLdcInsn(START);
    code.visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/Class", "forName", "(Ljava/lang/String;)Ljava/lang/Class;", false);
    code.visitInsn(Opcodes.POP);
    code.visitLabel(found);
    code.visitLdcInsn(Type.getObjectType(type));
    code.visitVarInsn(Opcodes.ALOAD, 0);
    code.visitMethodInsn(Opcodes.INVOKESTATIC, START.replace('.', '/'), "ofThin", "(Ljava/lang/Class;[Ljava/lang/String;)V", false);
    code.visitInsn(Opcodes.RETURN);
    code.visitLabel(missing);
    code.visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {"java/lang/ClassNotFoundException"});
    code.visitInsn(Opcodes.POP);
    code.visitFieldInsn(Opcodes.GETSTATIC, "java/lang/System", "err", "Ljava/io/PrintStream;");
    code.visitLdcInsn(message(version));
    code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, "java/io/PrintStream", "println", "(Ljava/lang/String;)V", false);
    code.visitInsn(Opcodes.ICONST_2);
    code.visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/System", "exit", "(I)V", false);
    code.visitInsn(Opcodes.RETURN);
    code.visitMaxs(0, 0);
    code.visitEnd();
    out.visitEnd();
    return out.toByteArray();
  }
}

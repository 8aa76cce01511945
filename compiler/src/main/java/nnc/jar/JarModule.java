package nnc.jar;

import java.util.List;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.ModuleVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The runtime's module as a jar has it: what it requires, and the packages that everybody may use. The list of its packages, which packaging adds,
 * lacks that of the emitted classes; without one Java looks what packages the jar has.
 */
final class JarModule {
  private JarModule() {}

  static final String FILE = "module-info.class";

  /** What a service is made of. */
  static final String HTTP = "jdk.httpserver";

  /**
   * @param runtime the class file of the runtime's module
   * @param without modules that the jar does not need
   */
  static byte[] of(byte[] runtime, List<String> without) {
    var out = new ClassWriter(0);
    new ClassReader(runtime).accept(new ClassVisitor(Opcodes.ASM9, out) {
      @Override
      public ModuleVisitor visitModule(String name, int access, String version) {
        return new Needed(super.visitModule(name, access, null), without);
      }
    }, ClassReader.SKIP_DEBUG);
    return out.toByteArray();
  }

  /** Passes on nothing else, and no versions: each is some bytes of every jar. */
  private static final class Needed extends ModuleVisitor {
    private final List<String> without;

    Needed(ModuleVisitor out, List<String> without) {
      super(Opcodes.ASM9, out);
      this.without = without;
    }

    @Override
    public void visitMainClass(String name) {}

    @Override
    public void visitPackage(String name) {}

    @Override
    public void visitRequire(String module, int access, String version) {
      if (!without.contains(module)) {
        super.visitRequire(module, access, null);
      }
    }

    @Override
    public void visitExport(String name, int access, String... modules) {
      if (modules == null) {
        super.visitExport(name, access);
      }
    }
  }
}

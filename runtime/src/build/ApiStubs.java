import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes the runtime's API as a jar that later versions are held against: of the packages that everybody may use the classes, and of these what programs see, without code.
 * Constructors of the records of a specification are left out: the compiler alone makes them.
 */
final class ApiStubs {
  private static final List<String> API = List.of("nnc/runtime", "nnc/runtime/base", "nnc/runtime/learn", "nnc/runtime/spec");

  private ApiStubs() {}

  /** @param args a folder of classes, and the jar to write */
  public static void main(String[] args) throws IOException {
    var classes = Path.of(args[0]);
    var bytes = new ByteArrayOutputStream();
    try (var files = Files.walk(classes); var zip = new ZipOutputStream(bytes)) {
      for (var file : files.filter(file -> file.toString().endsWith(".class")).sorted().toList()) {
        var name = classes.relativize(file).toString().replace('\\', '/');
        if (API.contains(name.substring(0, Math.max(0, name.lastIndexOf('/')))) && !name.endsWith("package-info.class")) {
          var model = ClassFile.of().parse(Files.readAllBytes(file));
          if (isSeen(model)) {
            var entry = new ZipEntry(name);
            entry.setTimeLocal(LocalDateTime.of(1980, 2, 1, 0, 0));
            zip.putNextEntry(entry);
            zip.write(ClassFile.of().transformClass(model, (to, part) -> keep(model, to, part)));
          }
        }
      }
    }
    Files.createDirectories(Path.of(args[1]).getParent());
    Files.write(Path.of(args[1]), bytes.toByteArray());
  }

  /** Whether everybody sees a class: one in another says so there. */
  private static boolean isSeen(ClassModel type) {
    var inner = type.findAttribute(Attributes.innerClasses()).stream().flatMap(all -> all.classes().stream())
        .filter(one -> one.innerClass().asInternalName().equals(type.thisClass().asInternalName())).findFirst();
    return inner.map(one -> one.has(AccessFlag.PUBLIC) || one.has(AccessFlag.PROTECTED)).orElse(type.flags().has(AccessFlag.PUBLIC));
  }

  private static void keep(ClassModel type, ClassBuilder to, ClassElement part) {
    switch (part) {
      case FieldModel field when !(field.flags().has(AccessFlag.PUBLIC) || field.flags().has(AccessFlag.PROTECTED)) -> { }
      case MethodModel method when !(method.flags().has(AccessFlag.PUBLIC) || method.flags().has(AccessFlag.PROTECTED)) || isMadeByTheCompiler(type, method) -> { }
      case MethodModel method -> to.transformMethod(method, (builder, element) -> {
        if (!(element instanceof CodeModel)) {
          builder.with(element);
        }
      });
      case SourceFileAttribute _ -> { }
      default -> to.with(part);
    }
  }

  private static boolean isMadeByTheCompiler(ClassModel type, MethodModel method) {
    return method.methodName().equalsString("<init>") && type.thisClass().asInternalName().startsWith("nnc/runtime/spec/")
        && type.findAttribute(Attributes.record()).isPresent();
  }
}

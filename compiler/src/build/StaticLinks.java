import java.io.IOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Links, when the compiler is built, what javac leaves to bootstrap methods: switches over types, and the equals and hashCode of records. A
 * bootstrap makes a class or method handles for each of them whenever a JVM first comes by, and no cache of the JVM keeps these: a third of
 * the time of a short command. Here they become methods of the class itself, which do the same. Classes without any are left alone, so that a
 * second turn changes nothing.
 */
final class StaticLinks {
  private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
  private static final MethodTypeDesc EQUALS = MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object);

  private static final ClassFile FORMAT = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
      ClassHierarchyResolver.ofResourceParsing(StaticLinks.class.getClassLoader()).orElse(ClassHierarchyResolver.defaultResolver())));

  private StaticLinks() {}

  /** @param args a folder of classes, which are changed in place; they, and those that they speak of, are on the class path */
  public static void main(String[] args) throws IOException {
    try (var files = Files.walk(Path.of(args[0]))) {
      for (var file : files.filter(file -> file.toString().endsWith(".class")).toList()) {
        var before = Files.readAllBytes(file);
        var after = linked(before);
        if (after != before) {
          Files.write(file, after);
        }
      }
    }
  }

  /** A method in the place of a call. */
  private record Made(String name, MethodTypeDesc type, Consumer<CodeBuilder> body) {}

  private static byte[] linked(byte[] bytes) {
    var model = FORMAT.parse(bytes);
    var owner = model.thisClass().asSymbol();
    boolean isInterface = model.flags().has(java.lang.reflect.AccessFlag.INTERFACE);
    List<Made> made = new ArrayList<>();
    CodeTransform calls = (code, element) -> {
      if (element instanceof InvokeDynamicInstruction call && body(owner, call) instanceof Consumer<CodeBuilder> body) {
        var method = new Made(call.name().stringValue() + "$" + made.size(), call.typeSymbol(), body);
        made.add(method);
        code.invokestatic(owner, method.name, method.type, isInterface);
      } else {
        code.with(element);
      }
    };
    var changed = FORMAT.transformClass(model, ClassTransform.transformingMethodBodies(calls)
        .andThen(ClassTransform.endHandler(type -> made.forEach(method -> add(type, method)))));
    return made.isEmpty() ? bytes : changed;
  }

  private static void add(ClassBuilder type, Made method) {
    type.withMethodBody(method.name, method.type, ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC, method.body);
  }

  /** What a call does that its bootstrap would make, or null for one of another kind, e.g. a lambda, which caches keep. */
  private static Consumer<CodeBuilder> body(ClassDesc owner, InvokeDynamicInstruction call) {
    var arguments = call.bootstrapArgs();
    return switch (call.bootstrapMethod().owner().displayName() + "." + call.name().stringValue()) {
      case "SwitchBootstraps.typeSwitch" -> arguments.stream().allMatch(label -> label instanceof ClassDesc || label instanceof String) ? code -> typeSwitch(code, arguments) : null;
      case "ObjectMethods.hashCode" -> code -> hash(code, owner, components(arguments));
      case "ObjectMethods.equals" -> code -> equal(code, owner, components(arguments));
      default -> null;
    };
  }

  /** {@code (value, from)}: the first of the types and texts at or behind {@code from} that fits a value, or their number; -1 for null. */
  private static void typeSwitch(CodeBuilder code, List<ConstantDesc> types) {
    var isThere = code.newLabel();
    var none = code.newLabel();
    code.aload(0).ifnonnull(isThere).iconst_m1().ireturn().labelBinding(isThere);
    List<Label> labels = types.stream().map(_ -> code.newLabel()).toList();
    List<SwitchCase> cases = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      cases.add(SwitchCase.of(i, labels.get(i)));
    }
    if (!cases.isEmpty()) {
      code.iload(1).tableswitch(none, cases);
    }
    for (int i = 0; i < types.size(); i++) {
      var next = i + 1 < types.size() ? labels.get(i + 1) : none;
      code.labelBinding(labels.get(i)).aload(0);
      if (types.get(i) instanceof ClassDesc type) {
        code.instanceOf(type);
      } else {
        code.loadConstant(types.get(i)).invokevirtual(ConstantDescs.CD_Object, "equals", EQUALS);
      }
      code.ifeq(next).loadConstant(i).ireturn();
    }
    code.labelBinding(none).loadConstant(types.size()).ireturn();
  }

  /** The getters of a record's components; before them a bootstrap is given the record and its components' names. */
  private static List<DirectMethodHandleDesc> components(List<ConstantDesc> arguments) {
    return arguments.stream().skip(2).map(DirectMethodHandleDesc.class::cast).toList();
  }

  private static void get(CodeBuilder code, ClassDesc owner, int slot, DirectMethodHandleDesc component) {
    code.aload(slot).getfield(owner, component.methodName(), component.invocationType().returnType());
  }

  /** 31 times the hash of what comes before, and that of the component. */
  private static void hash(CodeBuilder code, ClassDesc owner, List<DirectMethodHandleDesc> components) {
    code.iconst_0();
    for (var component : components) {
      code.bipush(31).imul();
      get(code, owner, 0, component);
      var type = component.invocationType().returnType();
      if (type.isPrimitive()) {
        code.invokestatic(box(type), "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, type));
      } else {
        code.invokestatic(OBJECTS, "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_Object));
      }
      code.iadd();
    }
    code.ireturn();
  }

  private static void equal(CodeBuilder code, ClassDesc owner, List<DirectMethodHandleDesc> components) {
    var different = code.newLabel();
    var another = code.newLabel();
    code.aload(0).aload(1).if_acmpne(another).iconst_1().ireturn().labelBinding(another);
    code.aload(1).instanceOf(owner).ifeq(different).aload(1).checkcast(owner).astore(2);
    for (var component : components) {
      get(code, owner, 0, component);
      get(code, owner, 2, component);
      var type = component.invocationType().returnType();
      switch (type.descriptorString()) {
        case "Z", "B", "S", "C", "I" -> code.if_icmpne(different);
        case "J" -> code.lcmp().ifne(different);
        // NaN is NaN, and 0 is not -0
        case "F", "D" -> code.invokestatic(box(type), "compare", MethodTypeDesc.of(ConstantDescs.CD_int, type, type)).ifne(different);
        default -> code.invokestatic(OBJECTS, "equals",
            MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Object)).ifeq(different);
      }
    }
    code.iconst_1().ireturn().labelBinding(different).iconst_0().ireturn();
  }

  private static ClassDesc box(ClassDesc primitive) {
    return switch (primitive.descriptorString()) {
      case "Z" -> ConstantDescs.CD_Boolean;
      case "B" -> ConstantDescs.CD_Byte;
      case "S" -> ConstantDescs.CD_Short;
      case "C" -> ConstantDescs.CD_Character;
      case "I" -> ConstantDescs.CD_Integer;
      case "J" -> ConstantDescs.CD_Long;
      case "F" -> ConstantDescs.CD_Float;
      default -> ConstantDescs.CD_Double;
    };
  }
}

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.FieldModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.InnerClassesAttribute;
import java.lang.classfile.attribute.MethodParametersAttribute;
import java.lang.classfile.attribute.SignatureAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.ConstantPoolBuilder;
import java.lang.classfile.constantpool.DoubleEntry;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.FloatEntry;
import java.lang.classfile.constantpool.IntegerEntry;
import java.lang.classfile.constantpool.InterfaceMethodRefEntry;
import java.lang.classfile.constantpool.LongEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the runtime's classes smaller when it is built, since every jar carries them. They lose what neither a JVM nor javac nor a stack trace
 * looks at: names of parameters, private constants (their values are in the code), generic types of what is private, the mention of the JDK's inner
 * classes, and lines without any instruction that can throw. What is in their constant pools stands in an order that compresses well: texts by
 * their ends, since names of packages and types stand there in descriptors, then what refers to them, by what it refers to. A second turn changes
 * nothing.
 */
final class CompactClasses {
  private static final ClassFile FORMAT = ClassFile.of(ClassFile.ConstantPoolSharingOption.NEW_POOL, ClassFile.ClassHierarchyResolverOption.of(
      ClassHierarchyResolver.ofResourceParsing(CompactClasses.class.getClassLoader()).orElse(ClassHierarchyResolver.defaultResolver())));

  private CompactClasses() {}

  /** @param args a folder of classes, which are changed in place; they, and those that they speak of, are on the class path */
  public static void main(String[] args) throws IOException {
    try (var files = Files.walk(Path.of(args[0]))) {
      for (var file : files.filter(file -> file.toString().endsWith(".class")).toList()) {
        var before = Files.readAllBytes(file);
        var after = ordered(stripped(before));
        if (!Arrays.equals(after, before)) {
          Files.write(file, after);
        }
      }
    }
  }

  private static byte[] stripped(byte[] bytes) {
    return FORMAT.transformClass(FORMAT.parse(bytes), CompactClasses::keep);
  }

  private static void keep(ClassBuilder type, ClassElement element) {
    switch (element) {
      case InnerClassesAttribute inner -> {
        // the JDK's MethodHandles.Lookup, which javac mentions beside each bootstrap method
        var own = inner.classes().stream().filter(one -> !one.innerClass().asInternalName().startsWith("java/")).toList();
        if (!own.isEmpty()) {
          type.with(InnerClassesAttribute.of(own));
        }
      }
      case FieldModel field when isInCode(field) -> { }
      case FieldModel field -> type.transformField(field, (to, part) -> {
        if (!(part instanceof SignatureAttribute && field.flags().has(AccessFlag.PRIVATE))) {
          to.with(part);
        }
      });
      case MethodModel method -> type.transformMethod(method, (to, part) -> {
        if (part instanceof CodeModel code) {
          to.transformCode(code, CodeTransform.ofStateful(Lines::new));
        } else if (isKept(method, part)) {
          to.with(part);
        }
      });
      default -> type.with(element);
    }
  }

  /** Whether javac has put a constant's value wherever it is read; of constants that are not private it does so in classes to come too. */
  private static boolean isInCode(FieldModel field) {
    return field.flags().has(AccessFlag.PRIVATE) && field.flags().has(AccessFlag.STATIC) && field.findAttribute(Attributes.constantValue()).isPresent();
  }

  private static boolean isKept(MethodModel method, MethodElement part) {
    return !(part instanceof MethodParametersAttribute || part instanceof SignatureAttribute && method.flags().has(AccessFlag.PRIVATE));
  }

  /** Tells a line where its first instruction is that can throw, if it has one: only there does a stack trace ask for it. */
  private static final class Lines implements CodeTransform {
    private LineNumber line;
    private int told = -1;

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      if (element instanceof LineNumber next) {
        line = next;
        return;
      }
      if (line != null && element instanceof Instruction instruction && canThrow(instruction)) {
        if (line.line() != told) {
          code.with(line);
          told = line.line();
        }
        line = null;
      }
      code.with(element);
    }
  }

  private static boolean canThrow(Instruction instruction) {
    return switch (instruction) {
      case LoadInstruction _, StoreInstruction _, IncrementInstruction _, StackInstruction _, ConvertInstruction _, BranchInstruction _,
          LookupSwitchInstruction _, TableSwitchInstruction _, ReturnInstruction _ -> false;
      case ConstantInstruction constant -> !(constant instanceof ConstantInstruction.IntrinsicConstantInstruction || constant.constantValue() instanceof Number);
      case OperatorInstruction operator -> switch (operator.opcode()) {
        case IDIV, IREM, LDIV, LREM, ARRAYLENGTH -> true;
        default -> false;
      };
      default -> true;
    };
  }

  private static byte[] ordered(byte[] bytes) {
    var model = FORMAT.parse(bytes);
    var pool = pool(model);
    return FORMAT.build(model.thisClass(), pool, type -> model.forEach(type::with));
  }

  /** The constants of a class in the order in which they are written; those of the few other kinds follow as they are met. */
  private static ConstantPoolBuilder pool(ClassModel model) {
    List<PoolEntry> entries = new ArrayList<>();
    model.constantPool().forEach(entries::add);
    var pool = ConstantPoolBuilder.of();
    // what code loads comes first: the shorter of the instructions that do reaches 255 constants
    entries.forEach(entry -> addLoaded(pool, entry));
    Map<String, Integer> places = new HashMap<>();
    entries.stream().filter(Utf8Entry.class::isInstance).map(entry -> ((Utf8Entry) entry).stringValue())
        .sorted(Comparator.comparing(text -> new StringBuilder(text).reverse().toString())).forEach(text -> {
          places.put(text, places.size());
          pool.utf8Entry(text);
        });
    entries.stream().filter(ClassEntry.class::isInstance).map(ClassEntry.class::cast)
        .sorted(Comparator.comparing(entry -> places.get(entry.name().stringValue()))).forEach(entry -> pool.classEntry(text(pool, entry.name())));
    entries.stream().filter(NameAndTypeEntry.class::isInstance).map(NameAndTypeEntry.class::cast)
        .sorted(Comparator.<NameAndTypeEntry, Integer>comparing(entry -> places.get(entry.type().stringValue()))
            .thenComparing(entry -> places.get(entry.name().stringValue()))).forEach(entry -> nameAndType(pool, entry));
    entries.stream().filter(MemberRefEntry.class::isInstance).map(MemberRefEntry.class::cast)
        .sorted(Comparator.<MemberRefEntry, Integer>comparing(entry -> places.get(entry.owner().name().stringValue()))
            .thenComparing(entry -> places.get(entry.name().stringValue()))).forEach(entry -> addMember(pool, entry));
    return pool;
  }

  private static void addLoaded(ConstantPoolBuilder pool, PoolEntry entry) {
    switch (entry) {
      case IntegerEntry number -> pool.intEntry(number.intValue());
      case FloatEntry number -> pool.floatEntry(number.floatValue());
      case LongEntry number -> pool.longEntry(number.longValue());
      case DoubleEntry number -> pool.doubleEntry(number.doubleValue());
      case StringEntry string -> pool.stringEntry(string.stringValue());
      default -> { }
    }
  }

  private static Utf8Entry text(ConstantPoolBuilder pool, Utf8Entry entry) {
    return pool.utf8Entry(entry.stringValue());
  }

  private static NameAndTypeEntry nameAndType(ConstantPoolBuilder pool, NameAndTypeEntry entry) {
    return pool.nameAndTypeEntry(text(pool, entry.name()), text(pool, entry.type()));
  }

  private static void addMember(ConstantPoolBuilder pool, MemberRefEntry entry) {
    var owner = pool.classEntry(text(pool, entry.owner().name()));
    var member = nameAndType(pool, entry.nameAndType());
    switch (entry) {
      case FieldRefEntry _ -> pool.fieldRefEntry(owner, member);
      case MethodRefEntry _ -> pool.methodRefEntry(owner, member);
      case InterfaceMethodRefEntry _ -> pool.interfaceMethodRefEntry(owner, member);
      default -> { }
    }
  }
}

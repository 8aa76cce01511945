package nnc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** A call can be read without looking up what it calls; oracle: the parameters in the sources, as javac parses them. */
class ParametersTest {
  private static final int MOST = 6;

  /** Emitted classes are called so at each step, where nothing may be made to hold arguments. */
  private static final List<String> LONG = List.of("Kernels.run");

  /** What is written of a field is the argument itself. */
  private static final List<String> VALUES = List.of("Json.put");

  /** A method or constructor with what it takes; a record's canonical constructor is none, whose components are data. */
  private record Signature(String name, boolean isPublic, List<? extends VariableTree> parameters) {
    boolean takesBoolean() {
      return parameters.stream().anyMatch(parameter -> Objects.toString(parameter.getType()).equals("boolean"));
    }

    @Override
    public String toString() {
      return name + "(" + String.join(", ", parameters.stream().map(parameter -> parameter.getType() + " " + parameter.getName()).toList()) + ")";
    }
  }

  private static List<Signature> signatures() throws IOException {
    var found = new ArrayList<Signature>();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var sources = files.getJavaFileObjectsFromPaths(DependencyTest.sources("runtime/src/main/java", "runtime/spark/src/main/java", "compiler/src/main/java", "compiler/onnx/src/main/java", "compiler/weights/src/main/java", "tests/testkit/src/main/java"));
      for (var unit : ((JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null, sources)).parse()) {
        new Signatures(found).scan(unit, new ArrayDeque<>());
      }
    }
    return found;
  }

  private static final class Signatures extends TreeScanner<Void, Deque<ClassTree>> {
    private final List<Signature> found;

    Signatures(List<Signature> found) {
      this.found = found;
    }

    @Override
    public Void visitClass(ClassTree type, Deque<ClassTree> around) {
      around.push(type);
      super.visitClass(type, around);
      around.pop();
      return null;
    }

    @Override
    public Void visitMethod(MethodTree method, Deque<ClassTree> around) {
      if (!isCanonical(method, around.peek())) {
        boolean isPublic = method.getModifiers().getFlags().contains(Modifier.PUBLIC) || around.peek().getKind() == Tree.Kind.INTERFACE && !isPrivate(around.peek().getModifiers());
        found.add(new Signature(around.peek().getSimpleName() + "." + method.getName(), isPublic, method.getParameters()));
      }
      return super.visitMethod(method, around);
    }

    private static boolean isPrivate(ModifiersTree modifiers) {
      return modifiers.getFlags().contains(Modifier.PRIVATE);
    }

    private static boolean isCanonical(MethodTree method, ClassTree type) {
      return type.getKind() == Tree.Kind.RECORD && method.getName().contentEquals("<init>") && types(method.getParameters().stream()).equals(
          types(type.getMembers().stream().filter(VariableTree.class::isInstance).map(VariableTree.class::cast)
              .filter(member -> !member.getModifiers().getFlags().contains(Modifier.STATIC))));
    }

    private static List<String> types(Stream<? extends VariableTree> parameters) {
      return parameters.map(parameter -> parameter.getType().toString()).toList();
    }
  }

  @Test
  void nothingTakesMoreThanCanBeKeptApart() throws IOException {
    var all = signatures();
    assertThat(all).hasSizeGreaterThan(2000);
    assertThat(all.stream().filter(one -> one.parameters.size() > MOST && !LONG.contains(one.name))).isEmpty();
    assertThat(all.stream().filter(one -> one.parameters.size() > MOST).map(Signature::name)).containsExactlyInAnyOrderElementsOf(LONG);
  }

  /** Of a call with a literal nobody can tell what is true: there are two methods instead, or an enum has names for both. */
  @Test
  void nothingPublicTakesABoolean() throws IOException {
    var found = signatures().stream().filter(one -> one.isPublic && one.takesBoolean()).toList();
    assertThat(found.stream().filter(one -> !VALUES.contains(one.name))).isEmpty();
    assertThat(found.stream().map(Signature::name)).containsExactlyInAnyOrderElementsOf(VALUES);
  }
}

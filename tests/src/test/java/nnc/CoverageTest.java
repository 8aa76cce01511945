package nnc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nnc.elaborate.Prelude;
import nnc.source.Diagnostics;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The library is tested because a definition that no test names fails the build; what tests name is read from the tests. */
class CoverageTest {
  /** The text of each definition of the prelude, by name. */
  private static Map<String, String> definitions() {
    var texts = new LinkedHashMap<String, String>();
    Prelude.files().forEach((file, text) -> {
      var lines = text.lines().toList();
      for (var statement : AstBuilder.parse(file, text, new Diagnostics()).statements()) {
        texts.put(name(statement), String.join("\n", lines.subList(statement.span().line() - 1, statement.span().endLine())));
      }
    });
    return texts;
  }

  private static String name(Ast.Statement statement) {
    return switch (statement) {
      case Ast.Fn fn -> fn.name();
      case Ast.Layer layer -> layer.name();
      case Ast.Optimizer optimizer -> optimizer.name();
      case Ast.Const constant -> constant.name();
      default -> throw new AssertionError("what kind of definition is this: " + statement);
    };
  }

  // ---- what tests name

  private static List<Class<?>> tests() throws IOException, URISyntaxException {
    var root = Path.of(CoverageTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (var files = Files.walk(root)) {
      var classes = new ArrayList<Class<?>>();
      for (var file : files.map(root::relativize).map(Path::toString).filter(name -> name.endsWith("Test.class")).sorted().toList()) {
        classes.add(load(file.substring(0, file.length() - ".class".length()).replace('/', '.').replace('\\', '.')));
      }
      return classes;
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, CoverageTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  /** Every name that a test says it covers, and all that is called in the cases of tables. */
  private static Set<String> covered() throws Exception {
    var names = new TreeSet<String>();
    for (var test : tests()) {
      names.addAll(listed(test));
      for (var method : test.getDeclaredMethods()) {
        names.addAll(listed(method));
        if (table(test, method)) {
          names.addAll(called(method));
        }
      }
    }
    return names;
  }

  private static List<String> listed(AnnotatedElement element) {
    var covers = element.getAnnotation(Covers.class);
    return covers == null ? List.of() : List.of(covers.value());
  }

  /** A table is said to be one, or provides a test of the library with its cases. */
  private static boolean table(Class<?> test, Method method) {
    if (!Modifier.isStatic(method.getModifiers()) || method.getParameterCount() > 0 || !Stream.class.isAssignableFrom(method.getReturnType())) {
      return false;
    }
    var covers = method.getAnnotation(Covers.class);
    return covers != null && covers.value().length == 0 || test.getPackageName().equals("nnc.library")
        && Stream.of(test.getDeclaredMethods()).map(m -> m.getAnnotation(MethodSource.class)).anyMatch(s -> s != null && List.of(s.value()).contains(method.getName()));
  }

  private static Set<String> called(Method table) throws Exception {
    table.setAccessible(true);
    var names = new TreeSet<String>();
    ((Stream<?>) table.invoke(null)).forEach(row -> {
      var text = row instanceof Arguments arguments ? Arrays.toString(arguments.get()) : row.toString();
      Pattern.compile("(\\w+)\\s*\\(").matcher(text).results().forEach(call -> names.add(call.group(1)));
    });
    return names;
  }

  // ---- tests

  @Test
  void everyDefinitionHasATest() throws Exception {
    var definitions = definitions();
    var reached = reached(covered(), definitions);
    assertThat(definitions.keySet()).filteredOn(name -> !reached.contains(name))
        .as("definitions of the prelude that no test covers, by @Covers or by a case of a table (ActivationTest, LossTest, MetricTest and the others of nnc.library)").isEmpty();
  }

  /** What tests name, and the functions that these are made of: a test of a layer runs the functions that the layer calls. */
  private static Set<String> reached(Set<String> covered, Map<String, String> definitions) {
    var reached = new TreeSet<>(covered);
    var todo = new ArrayDeque<>(covered);
    while (!todo.isEmpty()) {
      var body = definitions.getOrDefault(todo.pop(), "");
      Pattern.compile("\\w+").matcher(body).results().map(MatchResult::group)
          .filter(name -> definitions.getOrDefault(name, "").startsWith("fn ") && reached.add(name)).forEach(todo::add);
    }
    return reached;
  }

  @Test
  void whatIsCoveredIsThere() throws Exception {
    var defined = definitions().keySet();
    for (var test : tests()) {
      assertThat(listed(test)).as("@Covers of %s", test.getName()).isSubsetOf(defined);
      for (var method : test.getDeclaredMethods()) {
        assertThat(listed(method)).as("@Covers of %s.%s", test.getName(), method.getName()).isSubsetOf(defined);
      }
    }
  }
}

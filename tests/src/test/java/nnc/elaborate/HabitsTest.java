package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.syntax.Ast;
import nnc.syntax.Words;
import org.junit.jupiter.api.Test;

/** What is suggested exists, and what is known here is nowhere called foreign. */
class HabitsTest {
  /** All that a program may name without declaring it. */
  private static Set<String> names() {
    var names = new TreeSet<>(BuiltinNames.all());
    Prelude.program().statements().forEach(statement -> names.addAll(switch (statement) {
      case Ast.Fn fn -> List.of(fn.name());
      case Ast.Layer layer -> List.of(layer.name());
      case Ast.Optimizer optimizer -> List.of(optimizer.name());
      default -> List.<String>of();
    }));
    names.addAll(Words.RESERVED);
    names.addAll(Words.KINDS);
    return names;
  }

  private static Set<String> parameters() {
    return Stream.concat(Builtins.all().stream().flatMap(builtin -> builtin.parameters().stream()), Prelude.program().statements().stream().flatMap(statement -> switch (statement) {
      case Ast.Fn fn -> fn.parameters().stream();
      case Ast.Layer layer -> layer.hyper().stream();
      case Ast.Optimizer optimizer -> optimizer.hyper().stream();
      default -> Stream.<Ast.Parameter>of();
    })).map(Ast.Parameter::name).collect(Collectors.toSet());
  }

  @Test
  void namesLeadToWhatThereIs() {
    var known = names();
    Habits.names().forEach((foreign, own) -> {
      assertThat(known).as(foreign).doesNotContain(foreign);
      assertThat(own).hasSize(1);
      assertThat(own.getFirst().matches("\\w+") ? known : Set.of(own.getFirst())).as(foreign).contains(own.getFirst());
    });
  }

  @Test
  void argumentsLeadToWhatThereIs() {
    var known = parameters();
    Habits.arguments().forEach((foreign, own) -> assertThat(known).as(foreign).containsAll(own));
  }

  @Test
  void settingsAreForeign() {
    assertThat(Habits.settings().keySet()).doesNotContainAnyElementsOf(BlockSettings.all());
    Habits.settings().forEach((foreign, own) -> assertThat(own.contains(" ") || BlockSettings.all().contains(own)).as(foreign).isTrue());
  }

  /** Nothing that a callee has is ever called something else. */
  @Test
  void whatIsKnownIsNotSuggestedAway() {
    for (var builtin : Builtins.all()) {
      var names = builtin.parameters().stream().map(Ast.Parameter::name).toList();
      assertThat(Habits.argument("kernel_size", names)).isEqualTo(names.contains("kernel") ? Optional.of("'kernel_size' is 'kernel' here") : Optional.empty());
    }
    assertThat(Habits.method("view", "image", names())).contains("write reshape(image, [N, -1])");
    assertThat(Habits.method("relu", "h", names())).contains("write h |> relu, or relu(h)");
    assertThat(Habits.inModule("Linear", names())).startsWith("'Linear' is 'dense' here");
    assertThat(Arrays.asList(Habits.name("Relu", names()).orElseThrow())).containsExactly("the library's names are written in small letters: relu");
  }
}

package nnc.adding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nnc.elaborate.BuiltinNames;
import nnc.elaborate.Prelude;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The steps of docs/adding.md are all that it takes, and who forgets one is told which: something small is added by each recipe, as a whole and
 * without each of its changes. Oracle: javac and the tests themselves.
 */
class AddingTest {
  private static final Path ROOT = Path.of("..");

  private static Stream<Recipe.Change> changes(String title, int step) throws IOException {
    return Recipe.all().stream().filter(recipe -> recipe.title().equals(title)).flatMap(recipe -> recipe.changes().stream()).filter(change -> change.step() == step);
  }

  /** Every file that a step names is changed in it by some recipe, and every test is one that misses a change. */
  @Test
  void everyStepOfThePageIsTaken() throws IOException {
    var tests = new TreeSet<String>();
    Recipe.all().forEach(recipe -> recipe.allTests().forEach(name -> tests.add(name.replaceAll("#.*", "").replaceAll(".*\\.", ""))));
    var untested = new ArrayList<String>();
    var page = AddingPage.read();
    for (var recipe : page.entrySet()) {
      for (var step : recipe.getValue().entrySet()) {
        var paths = changes(recipe.getKey(), step.getKey()).map(Recipe.Change::path).toList();
        step.getValue().stream().filter(name -> !tests.contains(name) && paths.stream().noneMatch(path -> AddingPage.means(name, path)))
            .forEach(name -> untested.add("%s, step %d: %s".formatted(recipe.getKey(), step.getKey(), name)));
        if (paths.isEmpty()) {
          untested.add("%s, step %d".formatted(recipe.getKey(), step.getKey()));
        }
      }
    }
    assertThat(untested).as("what docs/adding.md says and no recipe in tests/src/test/resources/adding does").isEmpty();
  }

  @Test
  void whatRecipesDoIsOnThePage() throws IOException {
    var page = AddingPage.read();
    for (var recipe : Recipe.all()) {
      assertThat(page).containsKey(recipe.title());
      for (var change : recipe.changes()) {
        assertThat(page.get(recipe.title()).getOrDefault(change.step(), List.of())).as("step %d of \"%s\" on docs/adding.md names the file of %s", change.step(), recipe.title(),
            change.path()).anyMatch(name -> AddingPage.means(name, change.path()));
      }
    }
  }

  /** A recipe whose places have changed would be found out by the slow tests only. */
  @Test
  void recipesFitTheSources() throws IOException {
    for (var recipe : Recipe.all()) {
      for (var change : recipe.changes()) {
        assertThat(change.missedBy()).as("%s of %s", change.path(), recipe.name()).isNotEmpty();
        assertThat(change.applied(ROOT)).isNotEmpty();
        assertThat(Files.exists(ROOT.resolve(change.path()))).as(change.path()).isEqualTo(change.created().isEmpty());
      }
    }
  }

  private static final Pattern NAMED = Pattern.compile("(?:Builtin\\.of|scalar)\\(\"(\\w+)\"|\\bfn (\\w+)\\(");

  /** A name that the language has got meanwhile would mean what it means there. */
  @Test
  void whatRecipesAddToTheLanguageIsNotThere() throws IOException {
    var there = new TreeSet<>(BuiltinNames.all());
    there.addAll(Prelude.names());
    var named = new ArrayList<String>();
    for (var recipe : Recipe.all()) {
      for (var edit : recipe.changes().stream().flatMap(change -> change.edits().stream()).toList()) {
        NAMED.matcher(edit.put()).results().map(match -> match.group(1) == null ? match.group(2) : match.group(1)).filter(name -> !edit.find().contains(name)).forEach(named::add);
      }
    }
    assertThat(named).hasSizeGreaterThan(3).doesNotContainAnyElementsOf(there);
  }

  @Tag("slow")
  @TestFactory
  Stream<DynamicTest> addingIsSafe(@TempDir Path folder) throws IOException {
    var only = System.getProperty("nnc.recipe", ".*");
    return Recipe.all().stream().filter(recipe -> recipe.name().matches(only)).flatMap(recipe -> {
      var overlay = overlay(folder.resolve(recipe.name()), recipe);
      return Stream.concat(Stream.of(DynamicTest.dynamicTest(recipe.name() + ": all steps", () -> {
        var outcome = overlay.whole();
        assertThat(outcome.well()).as("%s: %s", recipe.title(), outcome.told()).isTrue();
      })), recipe.changes().stream().map(change -> DynamicTest.dynamicTest("%s: without step %d in %s".formatted(recipe.name(), change.step(), change.path()), () -> {
        var outcome = overlay.without(change);
        assertThat(outcome.well()).as("nobody missed it").isFalse();
        assertThat(outcome.told()).as("what is told names %s", change.simpleName()).contains(change.simpleName());
      })));
    });
  }

  private static Overlay overlay(Path root, Recipe recipe) {
    try {
      return new Overlay(Files.createDirectories(root), recipe);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

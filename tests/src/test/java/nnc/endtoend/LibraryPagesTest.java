package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nnc.cli.Help;
import nnc.elaborate.LibraryIndex;
import nnc.elaborate.Prelude;
import nnc.elaborate.Topic;
import nnc.reference.DocComment;
import nnc.reference.Entry;
import nnc.reference.Reference;
import nnc.reference.ReferencePages;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The library's reference: it has all there is, is as the pages say, and its examples run. */
class LibraryPagesTest {
  private static final Path PAGES = Path.of("../docs/library");
  private static final Reference REFERENCE = Help.reference();

  /** What has no documentation is named as a part of others: by the file for the library's own, here for the compiler's. */
  @Test
  void whatIsNoPartIsDocumented() {
    var parts = new TreeSet<>(List.of("initialiser"));
    Prelude.files().values().forEach(text -> Pattern.compile("(?m)^# parts: (.*)$").matcher(text).results().forEach(line -> parts.addAll(List.of(line.group(1).split(" ")))));
    assertThat(LibraryIndex.all().stream().filter(one -> one.comment().isEmpty()).map(LibraryIndex.Definition::name))
        .as("names without documentation (## above the definition, or a row of PointwiseDocs, WholeDocs, ReduceDocs, ShapeDocs, SpecialDocs, InitialiserDocs, SourceDocs, SettingDocs), and those that '# parts:' lines list").containsExactlyInAnyOrderElementsOf(parts);
    assertThat(LibraryIndex.stale()).as("documentation of what is not there").isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> entriesSayWhatTheyHaveTo() {
    return REFERENCE.entries().stream().filter(entry -> entry.topic() != Topic.OPTIONS).map(entry -> DynamicTest.dynamicTest(entry.kind() + " " + entry.name(), () -> {
      assertThat(entry.doc().summary()).as("what it is").isNotEmpty();
      assertThat(entry.doc().examples()).as("examples (of commands in CommandExamples)").isNotEmpty();
      assertThat(entry.arguments()).allSatisfy(argument -> assertThat(argument.meaning()).as("what %s means", argument.name()).isNotEmpty());
      var names = entry.arguments().stream().map(Entry.Argument::name).toList();
      assertThat(names).as("arguments that are told of").containsAll(entry.kind().equals("layer") ? List.of() : entry.doc().meanings().keySet());
    }));
  }

  /** An introduction tells of no argument that nothing on its page has. */
  @Test
  void introductionsSpeakOfWhatThereIs() {
    for (var topic : Topic.values()) {
      var names = new TreeSet<String>();
      REFERENCE.of(topic).forEach(entry -> entry.arguments().forEach(argument -> names.add(argument.name())));
      names.add("x");
      assertThat(names).as(topic.title()).containsAll(DocComment.of(topic.introduction()).meanings().keySet());
    }
  }

  @Test
  void pagesAreAsGenerated() throws IOException {
    var pages = ReferencePages.of(REFERENCE);
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(PAGES);
      for (var page : pages.entrySet()) {
        Files.writeString(PAGES.resolve(page.getKey()), page.getValue());
      }
    }
    try (var files = Files.list(PAGES)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(pages.keySet());
    }
    for (var page : pages.entrySet()) {
      assertThat(Files.readString(PAGES.resolve(page.getKey()))).as("%s (-Dgolden.update=true writes it)", page.getKey()).isEqualTo(page.getValue());
    }
  }

  @TestFactory
  Stream<DynamicTest> callsGiveTheirValues() {
    return Stream.of(Topic.values()).map(topic -> DynamicTest.dynamicTest(topic.title(),
        () -> LibraryExample.checkCalls(examples(topic).filter(LibraryExample::isCall).toList()))).filter(test -> has(test.getDisplayName()));
  }

  private static boolean has(String title) {
    return examples(REFERENCE.topic(title).orElseThrow()).anyMatch(LibraryExample::isCall);
  }

  private static Stream<String> examples(Topic topic) {
    return REFERENCE.of(topic).stream().flatMap(entry -> entry.doc().examples().stream()).filter(example -> !example.matches("(nnc|java) .*"));
  }

  @TestFactory
  Stream<DynamicTest> programsHaveTheirTypes() {
    return programs(LibraryExample::checkTypes);
  }

  @TestFactory
  @Tag("slow")
  Stream<DynamicTest> programsRun() {
    return programs(LibraryExample::run);
  }

  private interface Trial {
    void of(String example) throws Exception;
  }

  private static Stream<DynamicTest> programs(Trial trial) {
    return REFERENCE.entries().stream().filter(entry -> entry.topic() != Topic.COMMANDS && entry.topic() != Topic.OPTIONS)
        .flatMap(entry -> entry.doc().examples().stream().filter(example -> !LibraryExample.isCall(example))
            .map(example -> DynamicTest.dynamicTest(entry.topic().title() + " " + entry.name(), () -> trial.of(example))));
  }
}

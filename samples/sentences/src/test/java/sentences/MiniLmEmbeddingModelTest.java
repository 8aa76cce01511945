package sentences;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.spi.model.embedding.EmbeddingModelFactory;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The original's vectors, whatever the text. */
class MiniLmEmbeddingModelTest {
  private static final double CLOSE = 1e-5;
  private static final EmbeddingModel MODEL = new MiniLmEmbeddingModel();
  private static final EmbeddingModel ORIGINAL = new AllMiniLmL6V2EmbeddingModel();

  private static void close(Embedding right, Embedding found, String what) {
    assertEquals(right.dimension(), found.dimension(), what);
    double off = IntStream.range(0, right.dimension()).mapToDouble(i -> Math.abs(right.vector()[i] - found.vector()[i])).max().orElse(0);
    assertTrue(off < CLOSE, what + ": off by " + off);
  }

  private static void agrees(String text) {
    Response<Embedding> right = ORIGINAL.embed(text);
    Response<Embedding> found = MODEL.embed(text);
    String what = text.length() > 60 ? text.substring(0, 60) + "... of " + text.length() : text;
    close(right.content(), found.content(), what);
    assertEquals(right.tokenUsage(), found.tokenUsage(), what);
  }

  @Test
  void ofOddTexts() {
    Texts.ODD.forEach(MiniLmEmbeddingModelTest::agrees);
  }

  /** Around the lengths at which the original cuts, and far beyond. */
  @Test
  void ofAllLengths() {
    for (int words : new int[] {1, 2, 7, 40, 125, 126, 127, 128, 400, 480, 500, 505, 510, 511, 512, 600, 1100, 3000}) {
      agrees(Texts.english(words, words));
    }
    agrees("unbelievable".repeat(3) + " " + "[MASK] ".repeat(700));
    agrees("zxqj ".repeat(600));
    agrees("中文分词".repeat(300));
  }

  @Test
  void ofManyAtOnce() {
    List<TextSegment> segments = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      segments.add(TextSegment.from(Texts.english(1 + i * 7 % 90, i)));
    }
    Response<List<Embedding>> right = ORIGINAL.embedAll(segments);
    Response<List<Embedding>> found = MODEL.embedAll(segments);
    for (int i = 0; i < segments.size(); i++) {
      close(right.content().get(i), found.content().get(i), "text " + i);
    }
    assertEquals(right.tokenUsage(), found.tokenUsage());
  }

  @Test
  void isKnownAsTheOriginalIs() {
    assertEquals(ORIGINAL.dimension(), MODEL.dimension());
    assertTrue(ServiceLoader.load(EmbeddingModelFactory.class).stream().anyMatch(factory -> factory.type() == MiniLmEmbeddingModelFactory.class));
  }

  @Test
  void refusesWhatTheOriginalRefuses() {
    for (String text : List.of("\u200B", "\u0301", "\uFFFD")) {
      assertThrows(IllegalArgumentException.class, () -> ORIGINAL.embed(text));
      assertThrows(IllegalArgumentException.class, () -> MODEL.embed(text));
    }
    assertThrows(IllegalArgumentException.class, () -> ORIGINAL.embedAll(List.of()));
    assertThrows(IllegalArgumentException.class, () -> MODEL.embedAll(List.of()));
  }

  /** Whoever uses it has no native code: neither in what is on the class path at run time nor in what that is made of. */
  @Test
  void needsNoNativeCode() throws Exception {
    List<String> jars = Files.readAllLines(Path.of("target", "runtime-class-path")).stream().flatMap(line -> Stream.of(line.split(File.pathSeparator))).toList();
    assertTrue(jars.stream().anyMatch(jar -> jar.contains("langchain4j-core")));
    for (String jar : jars) {
      try (ZipFile zip = new ZipFile(jar)) {
        assertEquals(List.of(), zip.stream().map(ZipEntry::getName).filter(name -> name.matches(".*\\.(so|dll|dylib|jnilib)")).toList(), jar);
      }
    }
  }

  /** Threads that come at the same time get what each would get alone. */
  @Test
  void ofThreads() throws Exception {
    List<String> texts = IntStream.range(0, 24).mapToObj(i -> Texts.english(3 + i, i)).toList();
    List<Embedding> alone = texts.stream().map(text -> MODEL.embed(text).content()).toList();
    List<Embedding> together = texts.parallelStream().map(text -> MODEL.embed(text).content()).toList();
    assertEquals(alone, together);
  }
}

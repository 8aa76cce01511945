package sentences;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same numbers as the native tokenizer that the original uses. */
class WordPieceTokenizerTest {
  private static WordPieceTokenizer tokenizer;
  private static HuggingFaceTokenizer original;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream own = json(); InputStream theirs = json()) {
      tokenizer = WordPieceTokenizer.read(own);
      original = HuggingFaceTokenizer.newInstance(theirs, Map.of("padding", "false"));
    }
  }

  @AfterAll
  static void close() {
    original.close();
  }

  private static InputStream json() {
    return WordPieceTokenizerTest.class.getResourceAsStream("/sentences/tokenizer.json");
  }

  private static void agrees(String text) {
    int[] right = Arrays.stream(original.encode(text).getIds()).mapToInt(Math::toIntExact).toArray();
    assertArrayEquals(right, tokenizer.encode(text), () -> "'" + text + "', " + text.codePoints().mapToObj(Integer::toHexString).toList());
  }

  @Test
  void ofOddTexts() {
    Texts.ODD.forEach(WordPieceTokenizerTest::agrees);
  }

  @Test
  void ofRandomTexts() {
    Random random = new Random(1);
    for (int i = 0; i < 3000; i++) {
      agrees(Texts.random(random, 1 + random.nextInt(40)));
    }
  }

  /** Each alone, within a word, and between words. */
  @Test
  void ofEachCharacterOfUnicode() {
    StringBuilder wrong = new StringBuilder();
    int count = 0;
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      // those that are none, and those that nobody has said anything of, are many and alike
      boolean alike = !Character.isDefined(c) || Character.getType(c) == Character.PRIVATE_USE;
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE || alike && c % 97 != 0) {
        continue;
      }
      String text = Character.toString(c);
      String around = text + " in" + text + "side a " + text + " b";
      int[] right = Arrays.stream(original.encode(around).getIds()).mapToInt(Math::toIntExact).toArray();
      if (!Arrays.equals(right, tokenizer.encode(around))) {
        count++;
        wrong.append(Integer.toHexString(c)).append(' ');
      }
    }
    assertEquals("", wrong.toString(), count + " characters are taken otherwise");
  }
}

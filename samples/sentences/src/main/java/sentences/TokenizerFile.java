package sentences;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@code tokenizer.json} of Hugging Face says of a BERT tokenizer.
 *
 * @param vocabulary        the number of each word piece
 * @param special           tokens that a text may contain as they are, such as {@code [MASK]}, with their numbers
 * @param unknown           what stands for a word that has no pieces
 * @param prefix            what pieces begin with that go on with a word
 * @param longestWord       longer words are unknown
 * @param first             the tokens before a text, in general one
 * @param last              those behind it
 * @param cleans            whether control characters are left out
 * @param partsIdeographs   whether each Chinese character is a word
 * @param stripsAccents     whether marks above and below letters are left out
 * @param lowers            whether letters become small
 * @param longest           how many tokens a text has at most, those before and behind it included; what follows is left out
 */
record TokenizerFile(Map<String, Integer> vocabulary, Map<String, Integer> special, String unknown, String prefix, int longestWord, List<String> first, List<String> last,
    boolean cleans, boolean partsIdeographs, boolean stripsAccents, boolean lowers, int longest) {

  /** What BERT has places for. */
  private static final int USUAL_LENGTH = 512;

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if it describes another kind of tokenizer
   */
  static TokenizerFile read(InputStream json) throws IOException {
    Map<?, ?> file;
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      file = (Map<?, ?>) value(parser);
    }
    Map<?, ?> model = kind(file, "model", "WordPiece");
    Map<?, ?> normalizer = kind(file, "normalizer", "BertNormalizer");
    kind(file, "pre_tokenizer", "BertPreTokenizer");
    Map<String, Integer> special = new LinkedHashMap<>();
    for (Object token : (List<?>) file.get("added_tokens")) {
      special.put((String) ((Map<?, ?>) token).get("content"), number(((Map<?, ?>) token).get("id")));
    }
    Map<?, ?> pieces = (Map<?, ?>) model.get("vocab");
    Map<String, Integer> vocabulary = HashMap.newHashMap(pieces.size());
    for (Map.Entry<?, ?> entry : pieces.entrySet()) {
      vocabulary.put((String) entry.getKey(), number(entry.getValue()));
    }
    List<String> first = new ArrayList<>();
    List<String> last = new ArrayList<>();
    frame((List<?>) kind(file, "post_processor", "TemplateProcessing").get("single"), first, last);
    boolean lowers = flag(normalizer, "lowercase", true);
    return new TokenizerFile(vocabulary, special, (String) model.get("unk_token"), (String) model.get("continuing_subword_prefix"),
        number(model.get("max_input_chars_per_word")), first, last, flag(normalizer, "clean_text", true), flag(normalizer, "handle_chinese_chars", true),
        flag(normalizer, "strip_accents", lowers), lowers, longest(file));
  }

  private static int longest(Map<?, ?> file) {
    if (!(file.get("truncation") instanceof Map<?, ?> truncation)) {
      return USUAL_LENGTH;
    } else if (!"Right".equals(truncation.get("direction"))) {
      throw new IllegalArgumentException("this tokenizer leaves out the beginning of what is too long");
    }
    return Math.min(USUAL_LENGTH, number(truncation.get("max_length")));
  }

  /** What the template of one text has before it and behind it. */
  private static void frame(List<?> template, List<String> first, List<String> last) {
    List<String> side = first;
    for (Object part : template) {
      Map<?, ?> token = (Map<?, ?>) ((Map<?, ?>) part).get("SpecialToken");
      if (token == null) {
        side = last;
      } else {
        side.add((String) token.get("id"));
      }
    }
  }

  private static Map<?, ?> kind(Map<?, ?> file, String part, String wanted) {
    if (!(file.get(part) instanceof Map<?, ?> found) || !wanted.equals(found.get("type"))) {
      throw new IllegalArgumentException("this tokenizer is not BERT's: its " + part + " is no " + wanted);
    }
    return found;
  }

  private static boolean flag(Map<?, ?> of, String name, boolean otherwise) {
    return of.get(name) instanceof Boolean said ? said : otherwise;
  }

  private static int number(Object value) {
    return ((Number) value).intValue();
  }

  /** The value that begins with the parser's present token: maps, lists, texts, numbers, truths, or null. */
  private static Object value(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          fields.put(name, value(parser));
        }
        return fields;
      }
      case START_ARRAY -> {
        List<Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        return items;
      }
      case VALUE_STRING -> {
        return parser.getText();
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        return parser.getNumberValue();
      }
      case VALUE_TRUE, VALUE_FALSE -> {
        return parser.getBooleanValue();
      }
      default -> {
        return null;
      }
    }
  }
}

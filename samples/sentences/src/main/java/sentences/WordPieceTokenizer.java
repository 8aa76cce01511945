package sentences;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Texts as numbers of word pieces: of each word the longest piece that it begins with, and so on to its end. For any number of threads. */
public final class WordPieceTokenizer {
  private final TokenizerFile rules;
  private final BertWords words;
  private final Map<Integer, String> texts = new HashMap<>();
  private final int longestPiece;

  private WordPieceTokenizer(TokenizerFile rules) {
    this.rules = rules;
    words = new BertWords(rules);
    int longest = 0;
    for (Map.Entry<String, Integer> piece : rules.vocabulary().entrySet()) {
      texts.put(piece.getValue(), piece.getKey());
      longest = Math.max(longest, piece.getKey().length());
    }
    rules.special().forEach((text, id) -> texts.put(id, text));
    longestPiece = longest;
  }

  /**
   * The tokenizer that a {@code tokenizer.json} describes, without its padding.
   *
   * @throws IllegalArgumentException if it is of another kind than BERT's
   */
  public static WordPieceTokenizer read(InputStream json) throws IOException {
    return new WordPieceTokenizer(TokenizerFile.read(json));
  }

  /** The tokens of a text, with those before and behind it, {@code [CLS]} and {@code [SEP]}. */
  public int[] encode(String text) {
    List<Integer> ids = new ArrayList<>();
    rules.first().forEach(token -> ids.add(id(token)));
    pieces(text, ids);
    int most = rules.longest() - rules.last().size();
    if (ids.size() > most) {
      ids.subList(most, ids.size()).clear();
    }
    rules.last().forEach(token -> ids.add(id(token)));
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** How many tokens a text has at most, with those before and behind it; what follows is left out. */
  public int longest() {
    return rules.longest();
  }

  /** How many tokens stand before a text. */
  public int before() {
    return rules.first().size();
  }

  /** How many tokens stand behind a text. */
  public int behind() {
    return rules.last().size();
  }

  /** A token's text; of one that goes on with a word with {@code ##} before it. */
  public String text(int id) {
    return texts.get(id);
  }

  private int id(String token) {
    Integer special = rules.special().get(token);
    return special != null ? special : rules.vocabulary().get(token);
  }

  /** Special tokens are what they are; what stands between is parted. */
  private void pieces(String text, List<Integer> ids) {
    int begin = 0;
    for (int i = text.indexOf('['); i >= 0; i = text.indexOf('[', Math.max(i + 1, begin))) {
      for (Map.Entry<String, Integer> special : rules.special().entrySet()) {
        if (text.startsWith(special.getKey(), i)) {
          plain(text.substring(begin, i), ids);
          ids.add(special.getValue());
          begin = i + special.getKey().length();
          break;
        }
      }
    }
    plain(text.substring(begin), ids);
  }

  private void plain(String text, List<Integer> ids) {
    for (String word : words.of(text)) {
      word(word, ids);
    }
  }

  private void word(String word, List<Integer> ids) {
    int known = ids.size();
    boolean isKnown = word.codePointCount(0, word.length()) <= rules.longestWord();
    for (int begin = 0; isKnown && begin < word.length();) {
      int end = Math.min(word.length(), begin + longestPiece);
      Integer found = null;
      while (end > begin && found == null) {
        found = rules.vocabulary().get(begin == 0 ? word.substring(0, end) : rules.prefix() + word.substring(begin, end));
        end -= found == null ? 1 : 0;
      }
      isKnown = found != null;
      if (isKnown) {
        ids.add(found);
        begin = end;
      }
    }
    if (!isKnown) {
      ids.subList(known, ids.size()).clear();
      ids.add(id(rules.unknown()));
    }
  }
}

package sentences;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A text as BERT's words: cleaned, in small letters without accents, parted at blanks, around punctuation and around Chinese characters (Devlin et al. 2018). */
final class BertWords {
  private final TokenizerFile rules;

  BertWords(TokenizerFile rules) {
    this.rules = rules;
  }

  List<String> of(String text) {
    String normal = normalised(text);
    List<String> words = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < normal.length();) {
      int c = normal.codePointAt(i);
      int next = i + Character.charCount(c);
      boolean blank = isBlank(c);
      if (blank || isPunctuation(c)) {
        if (begin < i) {
          words.add(normal.substring(begin, i));
        }
        if (!blank) {
          words.add(normal.substring(i, next));
        }
        begin = next;
      }
      i = next;
    }
    if (begin < normal.length()) {
      words.add(normal.substring(begin));
    }
    return words;
  }

  private String normalised(String text) {
    StringBuilder clean = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> {
      if (rules.cleans() && isControl(c)) {
        return;
      }
      if (rules.partsIdeographs() && isIdeograph(c)) {
        clean.append(' ').appendCodePoint(c).append(' ');
      } else {
        clean.appendCodePoint(rules.cleans() && isBlank(c) ? ' ' : c);
      }
    });
    if (!rules.stripsAccents() && !rules.lowers()) {
      return clean.toString();
    }
    String decomposed = rules.stripsAccents() ? Normalizer.normalize(clean, Normalizer.Form.NFD) : clean.toString();
    StringBuilder plain = new StringBuilder(decomposed.length());
    decomposed.codePoints().filter(c -> !rules.stripsAccents() || UnicodeEight.type(c) != Character.NON_SPACING_MARK).forEach(c -> {
      if (rules.lowers()) {
        // letter by letter: a sigma at the end of a word is one like others
        plain.append(Character.toString(c).toLowerCase(Locale.ROOT));
      } else {
        plain.appendCodePoint(c);
      }
    });
    return plain.toString();
  }

  /** Unicode's white space. */
  private static boolean isBlank(int c) {
    return c >= 9 && c <= 13 || c == 0x85 || Character.isSpaceChar(c);
  }

  /** What is not shown: control characters but blanks, formats, private ones, what stands for a character that could not be read, halves of characters. */
  private static boolean isControl(int c) {
    if (c == '\t' || c == '\n' || c == '\r') {
      return false;
    }
    return c == 0xFFFD || switch (UnicodeEight.type(c)) {
      case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
      default -> false;
    };
  }

  private static boolean isPunctuation(int c) {
    if (c < 128) {
      return c > ' ' && c < 127 && !Character.isLetterOrDigit(c);
    }
    return switch (UnicodeEight.type(c)) {
      case Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION, Character.END_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION, Character.OTHER_PUNCTUATION -> true;
      default -> false;
    };
  }

  /** The blocks that BERT parts; Japanese and Korean syllables are not among them. */
  private static boolean isIdeograph(int c) {
    return c >= 0x4E00 && c <= 0x9FFF || c >= 0x3400 && c <= 0x4DBF || c >= 0x20000 && c <= 0x2A6DF || c >= 0x2A700 && c <= 0x2B73F || c >= 0x2B740 && c <= 0x2B81F
        || c >= 0x2B920 && c <= 0x2CEAF || c >= 0xF900 && c <= 0xFAFF || c >= 0x2F800 && c <= 0x2FA1F;
  }
}

package sentences;

import java.util.List;
import java.util.Random;

/** Texts that tokenizers stumble over. */
final class Texts {
  private Texts() {}

  static final List<String> ODD = List.of("hello, world", "Hello World!", "  spaces\tand\nlines  ", "naïve café Ünïcödé ÀÉÎÕÜ", "e\u0301te\u0301 and été", "Straße İstanbul Ωμέγας ΣΊΣΥΦΟΣ",
      "中文分词 is parted, 日本語 かな not", "한국어 문장", "Привет, мир", "हिन्दी में", "ภาษาไทย", "مرحبا بالعالم", "שָׁלוֹם", "🙂 👍🏽 👩‍👩‍👧‍👦 emoji🎉party", "𠀀𪜀 𝒜𝓁𝓅𝒽𝒶", "don't can't it's 3.14 $5 a+b=c x_y",
      "state-of-the-art—dashes–and… ellipses", "«quotes» „low“ ‘single’", "http://example.com/a?b=c&d=%20#e", "a".repeat(100), "a".repeat(101), "b" + "é".repeat(99), "supercalifragilisticexpialidocious antidisestablishmentarianism",
      "[CLS] [MASK] [SEP] [PAD] [UNK]", "[mask] [MASK][MASK]x[MASK", "##ing # # ##", "tab\u0000null\u0007bell\u00ADsoft\u200Bzero\uFEFFmark\uFFFDlost", "a\u00A0b\u2003c\u3000d\u2028e\u0085f\u000Bg", "ﬁ ligature ½ ² ①", "qwrtzp xqzjk ʭʬ", "\uE000private",
      "no\u0308\u0304rm", "각 각", "ǅ ǆ Ǆ", "a\u0345b", "\u1E9E ẞ", "ⅷ Ⅷ Ⓐ", "👨🏿‍🦱", "e\u20E3 1\uFE0F\u20E3", "\uD83C\uDDE9\uD83C\uDDEA flags");

  /** Of characters from all of Unicode, words among them. */
  static String random(Random random, int characters) {
    StringBuilder text = new StringBuilder();
    String[] words = {"the", "sentence", "encoder", "walked", "unbelievably", "Zürich", "東京", "1999", "...", " ", "  ", "\n"};
    for (int i = 0; i < characters; i++) {
      switch (random.nextInt(6)) {
        case 0 -> text.appendCodePoint(random.nextInt(0x20, 0x250));
        case 1 -> text.appendCodePoint(random.nextInt(0x250, 0xD7FF));
        case 2 -> text.appendCodePoint(random.nextInt(0xF900, 0x20000));
        default -> text.append(words[random.nextInt(words.length)]).append(random.nextBoolean() ? " " : "");
      }
    }
    return text.toString();
  }

  /** An English text of so many words. */
  static String english(int words, long seed) {
    String[] known = ("time person year way day thing man world life hand part child eye woman place work week case point government company number group problem fact "
        + "be have do say get make go know take see come think look want give use find tell ask work seem feel try leave call good new first last long great little own "
        + "other old right big high different small large next early young important few public bad same able unquestionably misunderstanding, telecommunication. café").split(" ");
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(i == 0 ? "" : " ").append(known[random.nextInt(known.length)]);
    }
    return text.toString();
  }
}

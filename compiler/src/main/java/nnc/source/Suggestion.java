package nnc.source;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** "Did you mean": the known word that is nearest to a mistyped one. */
public final class Suggestion {
  private Suggestion() {}

  /** The nearest of the known words, if it is near: at most a third of the letters differ. */
  public static Optional<String> of(String word, Collection<String> known) {
    // every word of one letter is an edit away from every other
    int limit = word.length() < 3 ? 0 : Math.max(1, word.length() / 3);
    return known.stream()
        .filter(candidate -> Math.abs(candidate.length() - word.length()) <= limit && distance(word, candidate) <= limit)
        .min(Comparator.comparingInt((String candidate) -> distance(word, candidate))
            .thenComparingInt(candidate -> -common(word, candidate)).thenComparing(candidate -> candidate));
  }

  /** How many letters two words begin with alike: of words that are equally near, what begins as the mistyped one is meant. */
  private static int common(String a, String b) {
    int length = 0;
    while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
      length++;
    }
    return length;
  }

  /** A sentence to append to a message, or nothing. */
  public static String sentence(String word, Collection<String> known) {
    return of(word, known).map(near -> "; did you mean " + near + "?").orElse("");
  }

  /** Edits between two words: insert, delete, replace, and exchange of neighbours (optimal string alignment). */
  private static int distance(String a, String b) {
    var d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}

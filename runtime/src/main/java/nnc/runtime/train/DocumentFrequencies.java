package nnc.runtime.train;

import nnc.runtime.Model;
import nnc.runtime.data.Categories;
import nnc.runtime.data.Column;
import nnc.runtime.data.Table;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.Vocabulary;

/**
 * How much each token tells of a text: {@code 1 + ln((1 + n) / (1 + d))}, where d of n texts have it (Salton and Buckley 1988, smoothed as if one more text had
 * every token). The token {@code ""}, which texts are filled up with, and that of all others tell nothing: 0.
 */
final class DocumentFrequencies implements DataStatistic {
  @Override
  public void fit(Weight weight, Column column, Table table, Model model) {
    Feed feed = null;
    for (Feed input : model.spec().inputs()) {
      feed = input.name().equals(weight.initialiser().input()) ? input : feed;
    }
    Vocabulary vocabulary = model.vocabulary();
    Column tokens = Categories.coded(column, feed, vocabulary, table);
    BatchFeeder.check(feed, tokens, table);
    int[] documents = counts(tokens, table, weight.size());
    int empty = column.classes().isEmpty() ? -1 : Vocabulary.index(feed, vocabulary.places(feed), "");
    int other = feed.column().hasOther() ? feed.column().classes() - 1 : -1;
    for (int i = 0; i < documents.length; i++) {
      double told = i == empty || i == other ? 0 : 1 + Math.log((1.0 + table.size()) / (1.0 + documents[i]));
      NumericArrays.set(model.writable(), weight.offset() + i, told);
    }
  }

  /** How many texts have each token. */
  private static int[] counts(Column tokens, Table table, int classes) {
    int[] documents = new int[classes];
    int[] last = new int[classes];
    double[] text = new double[tokens.width()];
    for (int k = 0; k < table.size(); k++) {
      int row = table.rows()[k];
      tokens.readOwn(row, text, 0);
      for (int i = 0; i < tokens.size(row); i++) {
        int token = (int) text[i];
        if (last[token] != k + 1) {
          last[token] = k + 1;
          documents[token]++;
        }
      }
    }
    return documents;
  }
}

package sentences;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.DimensionAwareEmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * all-MiniLM-L6-v2 in Java alone: the vectors of {@code AllMiniLmL6V2EmbeddingModel}, of which those of long texts are of their first 126 tokens. For any number of
 * threads, which take turns; each text is computed by all processors.
 */
public final class MiniLmEmbeddingModel extends DimensionAwareEmbeddingModel {
  private static final String TOKENIZER = "/sentences/tokenizer.json";

  private final WordPieceTokenizer tokenizer;
  private final SentenceNetwork network;

  /** Loads the network, its weights and the words that it knows, from the class path. */
  public MiniLmEmbeddingModel() {
    try (InputStream json = MiniLmEmbeddingModel.class.getResourceAsStream(TOKENIZER)) {
      tokenizer = WordPieceTokenizer.read(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    network = new SentenceNetwork(tokenizer.longest());
  }

  @Override
  public String modelName() {
    return "all-minilm-l6-v2";
  }

  @Override
  protected Integer knownDimension() {
    return network.width();
  }

  @Override
  public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
    if (segments.isEmpty()) {
      throw new IllegalArgumentException("there are no texts");
    }
    List<Embedding> embeddings = new ArrayList<>(segments.size());
    int count = 0;
    for (TextSegment segment : segments) {
      int[] tokens = tokenizer.encode(segment.text());
      int own = tokens.length - tokenizer.before() - tokenizer.behind();
      if (own == 0) {
        throw new IllegalArgumentException("a text without words has no vector");
      }
      embeddings.add(Embedding.from(normalised(network.mean(again(tokens)))));
      count += own;
    }
    return Response.from(embeddings, new TokenUsage(count));
  }

  /** Returns when code for the processor's vectors serves, or after so many seconds: what a service does before it says that it is ready. */
  public void warmUp(double seconds) {
    network.warmUp(seconds);
  }

  /**
   * What the network is fed for a text. The original makes a text of the tokens and parts that again; where other tokens come of it, as of a word that
   * is cut in the end, it does the same with the tokens' texts as one word.
   */
  private int[] again(int[] tokens) {
    int end = tokens.length - tokenizer.behind();
    StringBuilder sentence = new StringBuilder();
    StringBuilder word = new StringBuilder();
    for (int i = tokenizer.before(); i < end; i++) {
      sentence.append(i == tokenizer.before() ? "" : " ").append(tokenizer.text(tokens[i]));
      word.append(tokenizer.text(tokens[i]));
    }
    int[] again = tokenizer.encode(sentence.toString().replace(" ##", "").trim());
    return Arrays.equals(again, tokens) ? again : tokenizer.encode(word.toString());
  }

  /** Of length one. */
  private static float[] normalised(float[] vector) {
    float square = 0;
    for (float value : vector) {
      square += value * value;
    }
    float length = (float) Math.sqrt(square);
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= length;
    }
    return vector;
  }
}

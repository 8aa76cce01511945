package sentences;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.spi.model.embedding.EmbeddingModelFactory;

/** By it langchain4j finds the model where none is named. */
public final class MiniLmEmbeddingModelFactory implements EmbeddingModelFactory {
  @Override
  public EmbeddingModel create() {
    return new MiniLmEmbeddingModel();
  }
}

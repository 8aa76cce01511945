package nnc.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import nnc.runtime.base.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kit finds what is wrong, and finds nothing wrong where all is right. */
class KitTest {
  private static final String SPIRAL = "../samples/spiral.nn";
  private static final Network NETWORK = Network.of(Path.of(SPIRAL));

  @TempDir
  Path folder;

  private Network network(String text) throws IOException {
    return Network.of(Files.writeString(folder.resolve("net.nn"), text));
  }

  @Test
  void rowsThatInfluenceEachOtherAreFound() throws IOException {
    var centred = network("input x: float[N, 3]\noutput y = x - mean(x, axis = 0, keep = true)");
    assertThatThrownBy(centred::checkRows).isInstanceOf(AssertionError.class).hasMessageContaining("net.nn: output y, row 0 [0]: ")
        .hasMessageContaining(" alone");
    network("input x: float[N, 3]\noutput y = x - mean(x, axis = 1, keep = true)").checkRows();
    network("input x: float[N, 3]\noutput y = transpose(tanh(x))\noutput z = reshape(x, [N * 3])").checkRows();
  }

  @Test
  void aGradientThatIsNoneIsFound() throws IOException {
    var cut = network("input x: float[N, 3]\nloss mean(stop_gradient(dense(2)(x))^2 + dense(2)(x))");
    assertThatThrownBy(cut::checkGradients).isInstanceOf(AssertionError.class).hasMessageContaining("DIFFERS").hasMessageContaining("dense.W");
  }

  @Test
  void aFaultyProgramFailsWithItsMessages() throws IOException {
    var faulty = network("input x: float[N, 3]\noutput y = dens(2)(x)");
    assertThatThrownBy(faulty::checkRows).isInstanceOf(AssertionError.class).hasMessageContaining("did you mean dense?");
  }

  @Test
  void checksAreThoseThatMakeSense() throws IOException {
    assertThat(network("input x: float[N, 3]\noutput y = 2 * x").checks()).hasSize(2);
    assertThat(network("input x: float[N, 3]\noutput y = transpose(2 * x)").checks()).hasSize(2);
    assertThat(network("input x: float[N, 3]\noutput y = x @ transpose(x)").checks()).hasSize(1);
    assertThat(NETWORK.checks()).hasSize(4);
  }

  @Test
  @NetworkFile(value = "../samples/mlp.nn", define = "hidden=7", batch = 3)
  void theExtensionGivesNetworks(Network small, @NetworkFile(SPIRAL) Network spiral) {
    assertThat(small.model().weight("dense.W").shape()).containsExactly(784, 7);
    assertThat(spiral.name()).isEqualTo("spiral.nn");
    spiral.checkDeterminism();
  }

  @Provide
  Arbitrary<Map<String, Tensor>> feeds() {
    return Feeds.of(NETWORK, 5);
  }

  @Property(tries = 50, seed = "26")
  void generatedFeedsFit(@ForAll("feeds") Map<String, Tensor> feeds) {
    assertThat(feeds.get("point").shape()[0]).isBetween(1, 5);
    Feeds.checkRows(NETWORK, feeds);
  }
}

package nnc.endtoend;

import java.nio.file.Path;
import java.util.stream.Stream;
import nnc.testkit.Network;
import nnc.testkit.NetworkChecks;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The samples under the kit's checks, as a user's own programs would be; convolutional ones are checked elsewhere, in fewer examples. */
class SampleChecksTest {

  @TestFactory
  Stream<DynamicTest> samples() {
    return Stream.of(sample("linear"), sample("worked"), sample("spiral"), sample("zoo"), sample("softmax"), sample("mlp").with("hidden", 21),
        sample("addition").with("hidden", 9), sample("transformer").batch(2),
        sample("sequence/reverse").with("width", 6).batch(2)).flatMap(NetworkChecks::of);
  }

  private static Network sample(String name) {
    return Network.of(Path.of("..", "samples", name + ".nn"));
  }
}

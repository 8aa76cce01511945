package nnc.testkit;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** All checks of a network as tests, for a {@code @TestFactory}. */
public final class NetworkChecks {
  private NetworkChecks() {}

  /** A test for each check that makes sense for the network. */
  public static Stream<DynamicTest> of(Network network) {
    return network.checks().entrySet().stream().map(check -> DynamicTest.dynamicTest(network + ": " + check.getKey(), check.getValue()::run));
  }
}

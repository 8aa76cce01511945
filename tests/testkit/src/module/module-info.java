/** Checks of one's own networks, as tests of JUnit and properties of jqwik: {@link nnc.testkit.NetworkChecks}, {@link nnc.testkit.NetworkFile}. */
module nnc.testkit {
  requires transitive net.jqwik.api;
  requires transitive nnc.runtime;
  requires transitive org.junit.jupiter.api;
  requires nnc.compiler;

  exports nnc.testkit;
}

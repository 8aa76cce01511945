package nnc.jar;

import static org.assertj.core.api.Assertions.assertThat;

import javax.lang.model.SourceVersion;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The package of a network is a name in Java, whatever the network is called, and no other network's. */
class NetworkPackageTest {
  @ParameterizedTest
  @CsvSource({"iris, iris", "my_net2, my_net2", "resnet-50, resnet$2d$50", "3d, $33$d", "class, $63$lass", "true, $74$rue", "_, $5f$", "größe, gr$f6$$df$e", "a$b, a$24$b", "'', $"})
  void partOfAPackage(String network, String part) {
    assertThat(NetworkPackage.of(network)).isEqualTo(part);
  }

  @Property(seed = "26")
  void isANameInJava(@ForAll String network) {
    assertThat(SourceVersion.isName("nnc.model." + NetworkPackage.of(network))).isTrue();
    assertThat(NetworkPackage.of(network)).matches("[A-Za-z0-9_$]+");
  }

  /** Of a few letters, so that escapes are met by what looks like them. */
  @Property(seed = "26")
  void otherNamesAreOtherPackages(@ForAll @CharRange(from = '#', to = '5') @StringLength(max = 6) String one,
      @ForAll @CharRange(from = '#', to = '5') @StringLength(max = 6) String other) {
    assertThat(NetworkPackage.of(one).equals(NetworkPackage.of(other))).isEqualTo(one.equals(other));
  }
}

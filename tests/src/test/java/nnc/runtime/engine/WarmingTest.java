package nnc.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.Compiler;
import nnc.Said;
import nnc.bytecode.MemoryLoader;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.cli.JavaOptions;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.train.RandomInputs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** From scalar to vector code while a program runs. */
class WarmingTest {
  private static final String PROGRAM = """
      input  x: float[N, 1, 12, 12]
      target k: int[N]
      logits = x |> conv2d(4, kernel = 3, activation = relu) |> max_pool2d(2) |> flatten |> dense(40, tanh) |> dense(10)
      output p = softmax(logits)
      loss cross_entropy(logits, k)
      metric accuracy = mean(argmax(logits) == k)
      train { optimizer = adam(0.01)  batch = 16 }
      """;

  /** Of few methods, all of which the JIT has to come to. */
  private static final String SMALL = """
      input  x: float[N, 24]
      target k: int[N]
      logits = x |> dense(16, tanh) |> dense(10)
      output p = softmax(logits)
      loss cross_entropy(logits, k)
      train { optimizer = adam(0.01)  batch = 16 }
      """;

  private static CompiledProgram program() throws Exception {
    return Compiler.compile("net", PROGRAM, CompilerOptions.standard());
  }

  private static Model model() throws Exception {
    return model(PROGRAM);
  }

  private static Model model(String program) throws Exception {
    assumeTrue(VectorWidth.preferred() > 0 && !VectorWidth.isForced(), "no Vector API, or one width is forced");
    return Compiler.load(Compiler.compile("net", program, CompilerOptions.standard())).initialised(3);
  }

  /** The kernels of a plan that have vector code, and whether that serves. */
  private static List<Boolean> vectors(Model model, String plan) {
    var code = model.code(plan);
    var widest = code.widest(VectorWidth.preferred());
    var all = new VectorMethods(widest, code.kernelCount()).all;
    return IntStream.range(0, all.length).filter(kernel -> all[kernel].length > 0).mapToObj(kernel -> code.kernels(kernel).getClass() == widest.getClass()).toList();
  }

  /** Nobody begins to compile its vector code. */
  private static void keepScalar(Model model, String plan) {
    model.code(plan).load();
    model.code(plan).begin();
  }

  private static void run(Context context, RandomInputs noise, int step) {
    noise.feed();
    context.counters(step, 0);
    context.run();
  }

  /** A test's runs are bounded, not its time: the JIT has as long as these take. */
  @ParameterizedTest
  @ValueSource(strings = {"predict", "train"})
  void anyPlanEndsInVectorCode(String plan) throws Exception {
    assertEndsInVectorCode(model(SMALL), plan);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"evaluate", "gradient"})
  void anyOtherPlanEndsInVectorCode(String plan) throws Exception {
    anyPlanEndsInVectorCode(plan);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"predict", "evaluate", "train", "gradient"})
  void anyPlanOfConvolutionsEndsInVectorCode(String plan) throws Exception {
    assertEndsInVectorCode(model(), plan);
  }

  private static void assertEndsInVectorCode(Model model, String plan) throws Exception {
    var context = model.context(plan, Map.of("N", 16), new Threads(1));
    assertThat(vectors(model, plan)).isNotEmpty().doesNotContain(true);
    var noise = new RandomInputs(context, 1);
    for (int step = 1; step < 5_000_000 && vectors(model, plan).contains(false); step++) {
      run(context, noise, step);
    }
    assertThat(vectors(model, plan)).doesNotContain(false);
  }

  @Test
  void warmUpReturnsWithVectorCode() throws Exception {
    var model = model(SMALL);
    var context = model.context("train", Map.of("N", 16), new Threads(1));
    var before = model.weight("dense.W").toDoubles();
    context.warmUp(600);
    assertThat(vectors(model, "train")).isNotEmpty().doesNotContain(false);
    assertThat(model.weight("dense.W").toDoubles()).as("nothing has been learned by that").containsExactly(before);
  }

  @Test
  void trainingThatChangesItsCodeLearnsTheSame() throws Exception {
    var changing = model();
    var scalar = model();
    keepScalar(scalar, "train");
    for (var model : List.of(changing, scalar)) {
      var context = model.context("train", Map.of("N", 16), new Threads(1));
      var noise = new RandomInputs(context, 1);
      for (int step = 1; step <= 1000; step++) {
        run(context, noise, step);
      }
    }
    assertThat(vectors(scalar, "train")).doesNotContain(true);
    assertThat(changing.weight("dense.W").toDoubles()).containsExactly(scalar.weight("dense.W").toDoubles());
  }

  /** What is compiled is compiled for the sizes that ran: others run by scalar code until the rest is. */
  @Test
  void otherSizesGiveTheSameMeanwhile() throws Exception {
    var model = model();
    var expected = Compiler.load(program()).initialised(3);
    keepScalar(expected, "predict");
    var context = model.context("predict", Map.of("N", 16), new Threads(1));
    var other = expected.context("predict", Map.of("N", 16), new Threads(1));
    for (int step = 1; step < 2000; step++) {
      int size = 1 + step % 16;
      context.batch(size);
      other.batch(size);
      var x = new float[size * 144];
      Arrays.fill(x, (float) Math.sin(step));
      context.input("x").set(x);
      other.input("x").set(x);
      context.run();
      other.run();
      var got = new float[size * 10];
      var right = new float[size * 10];
      context.output("p").copyTo(got, 0);
      other.output("p").copyTo(right, 0);
      assertThat(got).containsExactly(right);
    }
  }

  /**
   * What the JIT has been shown before it compiles must not have it assume what does not hold: it would begin anew when the code runs. With the
   * options that a jar starts Java with.
   */
  @Tag("slow")
  @Test
  void whatIsCompiledIsSeldomGivenUp(@TempDir Path folder) throws Exception {
    isSeldomGivenUp(folder, JavaOptions.forVectors(List.of()));
  }

  /** A JVM that is short of processors, or has much to compile, begins late to count what happens in a method, or never does. */
  @Tag("slow")
  @Test
  void norWhereTheJvmBeginsLateToCount(@TempDir Path folder) throws Exception {
    isSeldomGivenUp(folder, List.of("-XX:Tier3InvocationThreshold=6000", "-XX:Tier3MinInvocationThreshold=6000", "-XX:Tier3CompileThreshold=6000"));
  }

  @Tag("slow")
  @Test
  void norWhereItDoesNotCount(@TempDir Path folder) throws Exception {
    isSeldomGivenUp(folder, List.of("-XX:Tier3DelayOn=0"));
  }

  private static void isSeldomGivenUp(Path folder, List<String> options) throws Exception {
    assumeTrue(VectorWidth.preferred() > 0 && !VectorWidth.isForced(), "no Vector API, or one width is forced");
    var compiled = program();
    Compiler.writeJar(compiled, folder.resolve("net.jar"));
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules", VectorWidth.MODULE));
    command.addAll(options);
    command.addAll(List.of("-Xlog:deoptimization=debug:file=given.log", "-jar", "net.jar", "bench", "--on", "train", "--threads", "1", "--seconds", "2"));
    var said = Said.byProcess(folder, Map.of(), command.toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    var train = compiled.spec().plans().stream().filter(plan -> plan.name().equals("train")).findFirst().orElseThrow();
    var code = new MemoryLoader(compiled.classes()).apply(Kernels.name(train.kernels(), VectorWidth.preferred()));
    // where a method that was inlined gives up it is the one that is named
    var places = List.of(code.getClass().getName() + ".", Kernels.class.getName() + ".enter", VectorWidth.MODULE + ".VectorIntrinsics.check");
    var given = Files.readAllLines(folder.resolve("given.log")).stream().filter(line -> places.stream().anyMatch(line::contains)).toList();
    var calls = train.calls();
    int methods = new VectorMethods(code, 1 + calls.stream().mapToInt(ModelSpec.Call::kernel).max().orElse(-1)).distinct().length;
    assertThat(given).as("of %d methods", methods).hasSizeLessThan(methods / 4);
  }

  /** Fewer rows may run other methods than many do: also those are waited for that a thread's share runs. */
  @Test
  void methodsOfSharesAreAmongThoseThatAreUsed() throws Exception {
    assumeTrue(VectorWidth.vectorsAvailable(), "no Vector API");
    var compiled = Compiler.compile("net", """
        input  x: float[N, 64]
        target k: int[N]
        logits = x |> dense(64, relu) |> dense(64, relu) |> dense(10)
        loss cross_entropy(logits, k)
        train { optimizer = sgd(0.1)  batch = 64 }
        """, CompilerOptions.standard());
    var plan = compiled.spec().plans().stream().filter(one -> one.name().equals("train")).findFirst().orElseThrow();
    var code = new MemoryLoader(compiled.classes()).apply(Kernels.name(plan.kernels(), 512));
    var dims = new int[] {64};
    var table = new CallTable(plan, new int[plan.slots().size()], dims);
    table.evaluate(dims, 0);
    var methods = new VectorMethods(code, 1 + Arrays.stream(table.kernels).max().orElse(-1));
    int told = 0;
    for (int threads = 1; threads <= 5; threads++) {
      var used = methods.used(List.of(table), null, threads);
      for (int call = 0; call < table.kernels.length; call++) {
        int blocks = table.blocks[call];
        for (int share = 0; share < threads && threads <= blocks; share++) {
          var marked = marked(code, table, call, Threads.bound(blocks, share, threads), Threads.bound(blocks, share + 1, threads));
          told += marked.size();
          assertThat(Arrays.stream(used[table.kernels[call]]).boxed()).as("call %d, share %d of %d", call, share, threads).containsAll(marked);
        }
      }
    }
    assertThat(told).isPositive();
  }

  /** A warmer of another model touches methods while one finds out which are used. */
  @Test
  void touchesOfOtherThreadsAreNotMarked() throws Exception {
    synchronized (Kernels.class) {
      Kernels.beginMarking();
      var other = Thread.ofPlatform().start(() -> Kernels.mark(3));
      other.join();
      Kernels.mark(5);
      Kernels.endMarking();
      Kernels.mark(7);
      assertThat(IntStream.range(0, Kernels.MARKED.length).filter(method -> Kernels.MARKED[method])).containsExactly(5);
    }
  }

  /** The methods that a kernel without memory marks; none if it needs memory. */
  private static Set<Integer> marked(Kernels code, CallTable table, int call, int from, int to) {
    synchronized (Kernels.class) {
      Kernels.beginMarking();
      try {
        code.run(table.kernels[call], null, null, table.arguments, table.at[call], 0, from, to);
      } catch (NullPointerException e) {
        return Set.of();
      } finally {
        Kernels.endMarking();
      }
      return IntStream.range(0, Kernels.MARKED.length).filter(method -> Kernels.MARKED[method]).boxed().collect(Collectors.toSet());
    }
  }

  // ---- touching

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "lenet", "transformer", "addition"})
  void touchedMethodsReturnAtOnce(String sample) throws Exception {
    assumeTrue(VectorWidth.vectorsAvailable(), "no Vector API");
    var compiled = Compiler.compile(Path.of("..", "samples", sample + ".nn"), CompilerOptions.standard());
    var loader = new MemoryLoader(compiled.classes());
    for (var plan : compiled.spec().plans()) {
      int kernels = 1 + plan.calls().stream().mapToInt(call -> call.kernel()).max().orElse(-1);
      for (int bits : new int[] {128, 256, 512}) {
        var code = loader.apply(Kernels.name(plan.kernels(), bits));
        var methods = new VectorMethods(code, kernels);
        for (int method : methods.distinct()) {
          code.touch(method, new float[0], new int[0]);
          synchronized (Kernels.class) {
            Kernels.beginMarking();
            code.touch(method, null, null);
            Kernels.endMarking();
            assertThat(Kernels.MARKED[method]).as("method %d of %s", method, code.getClass()).isTrue();
          }
        }
      }
      var scalar = loader.apply(Kernels.name(plan.kernels(), 0));
      assertThat(scalar.vectorMethods()).isEmpty();
    }
  }

  /** Whatever emitted code calls of the Vector API has to have been called before by the primer. */
  @Test
  void theApiIsPrimedForAllThatCodeCalls() throws Exception {
    var primed = new TreeSet<String>();
    try (var in = VectorPrimer.class.getResourceAsStream("VectorPrimer.class")) {
      calls(in.readAllBytes(), primed, new TreeSet<>());
    }
    for (var sample : List.of("mlp 64", "lenet 32", "transformer 32", "addition 64", "zoo 32")) {
      int precision = Integer.parseInt(sample.split(" ")[1]);
      var options = new CompilerOptions(Map.of(), precision, List.of(), List.of(), _ -> {});
      for (var emitted : Compiler.compile(Path.of("..", "samples", sample.split(" ")[0] + ".nn"), options).classes().entrySet()) {
        var called = new TreeSet<String>();
        var classes = new TreeSet<String>();
        calls(emitted.getValue(), called, classes);
        assertThat(primed).as("%s of %s", emitted.getKey(), sample).containsAll(called);
        if (!called.isEmpty()) {
          assertThat(known()).as("classes of %s of %s", emitted.getKey(), sample).containsAll(classes);
        }
      }
    }
  }

  private static Set<String> known() {
    var known = VectorPrimer.VECTOR_CLASSES.stream().map(name -> VectorWidth.MODULE + "." + name).collect(Collectors.toCollection(TreeSet::new));
    known.addAll(VectorPrimer.CLASSES);
    return known;
  }

  /** The Vector API's methods and operators that a class uses, but for what it makes its constants of; and the JDK's classes it names. */
  private static void calls(byte[] bytes, Set<String> calls, Set<String> classes) {
    new ClassReader(bytes).accept(new ClassVisitor(Opcodes.ASM9) {
      @Override
      public MethodVisitor visitMethod(int access, String method, String descriptor, String signature, String[] exceptions) {
        return method.equals("<clinit>") ? null : new MethodVisitor(Opcodes.ASM9) {
          @Override
          public void visitMethodInsn(int opcode, String owner, String name, String type, boolean isInterface) {
            note(owner, name + Arrays.stream(Type.getArgumentTypes(type)).map(Type::getClassName).toList());
          }

          @Override
          public void visitFieldInsn(int opcode, String owner, String name, String type) {
            note(owner, name);
          }
        };
      }

      private void note(String owner, String what) {
        if (owner.startsWith("jdk/incubator/vector/") && !owner.startsWith("jdk/incubator/vector/VectorSpecies")) {
          calls.add(owner + "." + what);
        }
        if (owner.startsWith("jdk/") || owner.startsWith("java/") && !List.of("java/lang/Object", "java/lang/String").contains(owner)) {
          classes.add(owner.replace('/', '.'));
        }
      }
    }, 0);
  }

  /** The first methods are compiled first, each is looked at, and what is compiled is known to be. */
  @Test
  void allMethodsAreCompiled() throws Exception {
    var model = model();
    var code = model.code("predict");
    code.load();
    var vector = code.widest(VectorWidth.preferred());
    VectorPrimer.prime(vector.getClass(), VectorWidth.preferred(), false);
    var order = new VectorMethods(vector, code.kernelCount()).distinct();
    var warmer = new MethodWarmer(vector, order, new float[0]);
    assertThat(warmer.areCompiled(order)).isFalse();
    while (!warmer.isDone()) {
      warmer.round(MethodWarmer.SIDE_BY_SIDE);
      Thread.sleep(1);
    }
    assertThat(warmer.areCompiled(order)).isTrue();
  }
}

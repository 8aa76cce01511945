package nnc.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints are written by Hadoop's own means, whole or not at all, on a file system that nothing else can reach. */
class ClusterCheckpointsTest {
  private static final String PROGRAM = "input x: float[N, 4]\ntarget y: int[N]\nlogits = x |> dense(9) |> dense(3)\nloss cross_entropy(logits, y)\ntrain { optimizer = adam(0.1)  accumulate = 2 }\n";
  private static final BlockSteps BLOCKS = new BlockSteps(64, 16, 2, 2);

  @TempDir
  static Path home;

  private Model model;

  @BeforeEach
  void clear() throws IOException {
    MemoryFiles.FILES.clear();
    MemoryFiles.CREATED.clear();
    MemoryFiles.room = Integer.MAX_VALUE;
    MemoryFiles.renames = true;
    model = Model.load(CompiledJars.of(home, "net", PROGRAM)).initialised(3);
  }

  private static Configuration hadoop() {
    var configuration = new Configuration();
    configuration.set("fs.mem.impl", MemoryFiles.class.getName());
    return configuration;
  }

  private ClusterCheckpoints checkpoints() {
    return new ClusterCheckpoints("mem:/runs/net", 2, hadoop());
  }

  private TrainingState state(int epoch) {
    var trained = model.initialised(epoch);
    return new TrainingState(epoch, 3, IntStream.rangeClosed(1, epoch).mapToObj(i -> 1.0 / i).toList(), trained.weights());
  }

  @Test
  void theNewestAreKeptAndReadToTheSameBits() {
    for (int epoch = 1; epoch <= 4; epoch++) {
      checkpoints().write(model, state(epoch), BLOCKS);
    }
    assertThat(MemoryFiles.FILES).containsOnlyKeys("/runs/net/epoch-000003.npz", "/runs/net/epoch-000004.npz");
    assertThat(MemoryFiles.CREATED).hasSize(4).allMatch(path -> path.endsWith(".part"));
    var found = checkpoints().newest(model, 3, BLOCKS);
    assertThat(found.epoch()).isEqualTo(4);
    assertThat(found.losses()).isEqualTo(List.of(1.0, 1.0 / 2, 1.0 / 3, 1.0 / 4));
    assertThat((float[]) found.weights()).isEqualTo((float[]) state(4).weights());
  }

  @Test
  void whatIsBrokenOffLeavesTheOneBefore() {
    checkpoints().write(model, state(1), BLOCKS);
    MemoryFiles.room = 1200;
    assertThatThrownBy(() -> checkpoints().write(model, state(2), BLOCKS)).isInstanceOf(Fault.class).hasMessage("mem:/runs/net/epoch-000002.npz: cannot be written: no room");
    MemoryFiles.room = Integer.MAX_VALUE;
    MemoryFiles.renames = false;
    assertThatThrownBy(() -> checkpoints().write(model, state(2), BLOCKS)).isInstanceOf(Fault.class).hasMessageContaining("epoch-000002.npz.part cannot be renamed");
    assertThat(checkpoints().newest(model, 3, BLOCKS).epoch()).isEqualTo(1);
    MemoryFiles.renames = true;
    checkpoints().write(model, state(2), BLOCKS);
    checkpoints().write(model, state(2), BLOCKS);
    assertThat(checkpoints().newest(model, 3, BLOCKS).epoch()).isEqualTo(2);
  }

  @Test
  void damageAndOtherTrainingsAreTold() {
    checkpoints().write(model, state(1), BLOCKS);
    assertThatThrownBy(() -> checkpoints().newest(model, 4, BLOCKS)).isInstanceOf(Fault.class).hasMessageContaining("mem:/runs/net/epoch-000001.npz: cannot go on to the same result");
    MemoryFiles.FILES.computeIfPresent("/runs/net/epoch-000001.npz", (path, bytes) -> java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> checkpoints().newest(model, 3, BLOCKS)).isInstanceOf(Fault.class).hasMessageContaining("mem:/runs/net/epoch-000001.npz");
  }

  @Test
  void aFileSystemThatIsNotThereIsAFault() {
    for (String folder : List.of("nowhere://host/runs", "", "hdfs://no.such.host.invalid/runs")) {
      assertThatThrownBy(() -> new ClusterCheckpoints(folder, 2, hadoop())).isInstanceOf(Fault.class).hasMessageStartingWith(folder + ": cannot be a folder of checkpoints: ");
    }
  }
}

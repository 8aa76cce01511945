package nnc.runtime.data;

import static nnc.runtime.data.Sources.source;
import static nnc.runtime.data.Sources.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The binary forms of CIFAR-10 and CIFAR-100, in files of a few records whose pixels are their place. */
class CifarTest {
  private static final int PICTURE = 3072;

  @TempDir
  private Path folder;

  /** Records first to last - 1: labels by a rule, and pixels that grow with the record and the place. */
  private static byte[] records(int first, int last, int[] counts) {
    var out = new ByteArrayOutputStream();
    for (int record = first; record < last; record++) {
      for (int count : counts) {
        out.write(record % count);
      }
      for (int i = 0; i < PICTURE; i++) {
        out.write(record + i);
      }
    }
    return out.toByteArray();
  }

  @BeforeEach
  void write() throws IOException {
    var ten = Files.createDirectory(folder.resolve("cifar-10-batches-bin"));
    for (int file = 1; file <= 5; file++) {
      Files.write(ten.resolve("data_batch_" + file + ".bin"), records(3 * file - 3, 3 * file, new int[] {10}));
    }
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(ten.resolve("test_batch.bin.gz")))) {
      out.write(records(20, 22, new int[] {10}));
    }
    Files.writeString(ten.resolve("batches.meta.txt"), IntStream.range(0, 10).mapToObj(i -> "name" + i).collect(Collectors.joining("\n", "", "\n\n")));
    Files.write(folder.resolve("train.bin"), records(0, 7, new int[] {20, 100}));
    Files.write(folder.resolve("test.bin"), records(95, 99, new int[] {20, 100}));
  }

  private Table table(String source, String part) {
    return Sources.data(new Folder(folder, folder, System.err), Map.of("train", source(source, Map.of(), part))).table("train");
  }

  private static void check(Table table, int first, int count) {
    assertThat(table.size()).isEqualTo(count);
    assertThat(table.column("image").shape()).containsExactly(3, 32, 32);
    assertThat(values(table.column("image"))).isEqualTo(IntStream.range(0, count * PICTURE).mapToDouble(i -> (first + i / PICTURE + i % PICTURE) & 0xff).toArray());
  }

  @Test
  void theFilesOfTenClassesFollowOneAnother() {
    var train = table("cifar10", "train");
    check(train, 0, 15);
    assertThat(values(train.column("label"))).isEqualTo(IntStream.range(0, 15).mapToDouble(i -> i % 10).toArray());
    assertThat(train.column("label").classes()).hasSize(10).startsWith("name0", "name1");
    check(table("cifar10", "test"), 20, 2);
  }

  @Test
  void aHundredClassesAreInTwentyCoarseOnes() {
    var test = table("cifar100", "test");
    check(test, 95, 4);
    assertThat(values(test.column("label"))).containsExactly(95, 96, 97, 98);
    assertThat(values(test.column("coarse"))).containsExactly(15, 16, 17, 18);
    assertThat(test.column("coarse").classes()).hasSize(20).startsWith("0", "1");
    check(table("cifar100", "train"), 0, 7);
  }

  @Test
  void damagedFilesAreRefusedByName() throws IOException {
    var file = folder.resolve("train.bin");
    Files.write(file, new byte[3073]);
    assertThatThrownBy(() -> table("cifar100", "train")).isInstanceOf(Fault.class).hasMessageStartingWith(file + ": truncated, or no file of this set: 3073 bytes");
    byte[] wrong = records(0, 2, new int[] {20, 100});
    wrong[PICTURE + 2] = 20;
    Files.write(file, wrong);
    assertThatThrownBy(() -> table("cifar100", "train")).isInstanceOf(Fault.class).hasMessage(file + ": damaged: the label of record 1 is 20, and there are 20");
    var names = folder.resolve("cifar-10-batches-bin/batches.meta.txt");
    Files.writeString(names, "a\nb\n");
    assertThatThrownBy(() -> table("cifar10", "test")).isInstanceOf(Fault.class).hasMessage(names + ": has 2 names, and there are 10 labels");
    Files.delete(folder.resolve("cifar-10-batches-bin/data_batch_3.bin"));
    assertThatThrownBy(() -> table("cifar10", "train")).isInstanceOf(Fault.class).hasMessage(folder + ": has no cifar-10-batches-bin/data_batch_3.bin");
    assertThatThrownBy(() -> table("cifar10", "trian")).hasMessage("net.nn:3: cifar10: no part is called \"trian\"");
  }
}

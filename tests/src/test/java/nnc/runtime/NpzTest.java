package nnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpzTest {
  @TempDir
  Path folder;

  /** A file as NumPy 2 writes it: {@code numpy.lib.format.write_array}. */
  private static byte[] npy(String header, byte... data) {
    var text = new StringBuilder(header);
    while ((10 + text.length() + 1) % 64 != 0) {
      text.append(' ');
    }
    text.append('\n');
    var bytes = ByteBuffer.allocate(10 + text.length() + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) text.length());
    return bytes.put(text.toString().getBytes(StandardCharsets.US_ASCII)).put(data).array();
  }

  private static Tensor read(byte[] npy) throws IOException {
    return Npy.read(new ByteArrayInputStream(npy), "x.npz: array a");
  }

  private static byte[] written(Tensor tensor) throws IOException {
    var out = new ByteArrayOutputStream();
    Npy.write(tensor, out);
    return out.toByteArray();
  }

  @Test
  void writesWhatNumpyWrites() throws IOException {
    assertThat(written(new Tensor(new int[] {2}, new float[] {1, -2})))
        .isEqualTo(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", (byte) 0, (byte) 0, (byte) 0x80, (byte) 0x3f, (byte) 0,
            (byte) 0, (byte) 0, (byte) 0xc0));
    assertThat(written(new Tensor(new int[0], new long[] {258})))
        .isEqualTo(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (), }", (byte) 2, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0,
            (byte) 0, (byte) 0));
    assertThat(written(new Tensor(new int[] {1, 2}, new byte[] {7, (byte) 200}, true)))
        .isEqualTo(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2), }", (byte) 7, (byte) 200));
  }

  @Test
  void readsEveryNumberTypeInBothByteOrders() throws IOException {
    assertThat(read(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", (byte) 0x3f, (byte) 0x80, (byte) 0, (byte) 0)).get(0)).isEqualTo(1);
    assertThat(read(npy("{'descr': '>i2', 'fortran_order': False, 'shape': (1,), }", (byte) 0xff, (byte) 0xfe)).get(0)).isEqualTo(-2);
    assertThat(read(npy("{'descr': '<u2', 'fortran_order': False, 'shape': (1,), }", (byte) 0xfe, (byte) 0xff)).get(0)).isEqualTo(65534);
    assertThat(read(npy("{'descr': '<u4', 'fortran_order': False, 'shape': (1,), }", (byte) 0, (byte) 0, (byte) 0, (byte) 0x80)).get(0)).isEqualTo(0x80000000L);
    assertThat(read(npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1,), }", (byte) 0, (byte) 0x3c)).get(0)).isEqualTo(1);
    assertThat(read(npy("{'descr': '|i1', 'fortran_order': False, 'shape': (1,), }", (byte) 200)).get(0)).isEqualTo(-56);
    assertThat(read(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", (byte) 0, (byte) 1)).toDoubles()).containsExactly(0, 1);
  }

  @Test
  void columnMajorArraysAreTurned() throws IOException {
    Tensor tensor = read(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", new byte[] {1, 4, 2, 5, 3, 6}));
    assertThat(tensor.shape()).containsExactly(2, 3);
    assertThat(tensor.toDoubles()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void whatIsWrittenIsRead(@ForAll @Size(max = 300) float[] floats, @ForAll @Size(max = 40) double[] doubles,
      @ForAll @Size(max = 40) int[] ints, @ForAll @Size(max = 40) byte[] bytes) throws IOException {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    arrays.put("a.W", new Tensor(new int[] {floats.length}, floats));
    arrays.put("b", new Tensor(new int[] {1, doubles.length, 1}, doubles));
    arrays.put("c", new Tensor(new int[] {ints.length}, ints));
    arrays.put("d", new Tensor(new int[] {bytes.length}, bytes));
    var out = new ByteArrayOutputStream();
    Npz.write(out, arrays);
    Map<String, Tensor> read = Npz.read(new ByteArrayInputStream(out.toByteArray()), "x");
    assertThat(read.keySet()).containsExactly("a.W", "b", "c", "d");
    assertThat((float[]) read.get("a.W").data()).isEqualTo(floats);
    assertThat((double[]) read.get("b").data()).isEqualTo(doubles);
    assertThat(read.get("b").shape()).containsExactly(1, doubles.length, 1);
    assertThat((int[]) read.get("c").data()).isEqualTo(ints);
    assertThat((byte[]) read.get("d").data()).isEqualTo(bytes);
  }

  @Test
  void readsCompressedArchives() throws IOException {
    Path file = folder.resolve("x.npz");
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("a.npy"));
      zip.write(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", (byte) 1, (byte) 2, (byte) 3));
    }
    assertThat(Npz.read(file).get("a").toDoubles()).containsExactly(1, 2, 3);
  }

  @Test
  void faultsNameFileAndArray() throws IOException {
    assertThatThrownBy(() -> read(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", new byte[7])))
        .isInstanceOf(Fault.class).hasMessage("x.npz: array a: truncated: 7 of 8 bytes");
    assertThatThrownBy(() -> read(npy("{'descr': '<U3', 'fortran_order': False, 'shape': (2,), }", new byte[24])))
        .hasMessage("x.npz: array a: element type U3 is not supported");
    assertThatThrownBy(() -> read(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }")))
        .hasMessage("x.npz: array a: records are not supported, only arrays of numbers");
    assertThatThrownBy(() -> read("hello world".getBytes(StandardCharsets.US_ASCII))).hasMessage("x.npz: array a: not a NumPy array");
    assertThatThrownBy(() -> Npz.read(folder)).hasMessage(folder + ": is a folder, not an npz archive");
    Path text = Files.writeString(folder.resolve("t.npz"), "no archive");
    assertThatThrownBy(() -> Npz.read(text)).isInstanceOf(Fault.class).hasMessageStartingWith(text + ": not an npz archive");
  }

  @Test
  void aFlippedByteIsNoticed() throws IOException {
    Path file = folder.resolve("x.npz");
    Npz.write(file, Map.of("a", new Tensor(new int[] {100}, new float[100])));
    byte[] bytes = Files.readAllBytes(file);
    bytes[300] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(Fault.class).hasMessage(file + ": array a: damaged (its check sum is wrong)");
  }

  @Test
  void everyTruncationIsAFault() throws IOException {
    Path file = folder.resolve("x.npz");
    Npz.write(file, Map.of("a", new Tensor(new int[] {10}, new float[10])));
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length += 11) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(Fault.class);
    }
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNoOther() throws IOException {
    Path file = Files.writeString(folder.resolve("w.npz"), "old");
    assertThatThrownBy(() -> AtomicFile.write(file, out -> {
      out.write(new byte[100_000]);
      throw new IOException("No space left on device");
    })).isInstanceOf(Fault.class).hasMessage(file + ": writing failed: No space left on device; the file that was there is unchanged");
    assertThat(file).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("w.npz");
  }

  @Test
  void aFolderWithoutPermissionIsNamed() throws IOException {
    assumeFalse("root".equals(System.getProperty("user.name")), "the superuser may write anywhere");
    Path closed = Files.createDirectory(folder.resolve("closed"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
    assertThatThrownBy(() -> AtomicFile.write(closed.resolve("w.npz"), out -> out.write(1))).isInstanceOf(Fault.class)
        .hasMessageContaining("no permission");
  }

  @Test
  void equalArraysGiveEqualBytes() throws IOException {
    Map<String, Tensor> arrays = Map.of("a", new Tensor(new int[] {2}, new float[] {1, 2}));
    Npz.write(folder.resolve("a.npz"), arrays);
    Npz.write(folder.resolve("b.npz"), arrays);
    assertThat(Files.readAllBytes(folder.resolve("a.npz"))).isEqualTo(Files.readAllBytes(folder.resolve("b.npz")));
  }
}

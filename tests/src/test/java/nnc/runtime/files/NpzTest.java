package nnc.runtime.files;

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
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
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
    String label = "x.npz: array a";
    var in = new ByteArrayInputStream(npy);
    Npy.Incoming array = Npy.header(in, label);
    if (!array.isOfNumbers()) {
      throw array.refused();
    }
    Npy.require(array, npy.length);
    return Npy.tensor(array, npy.length);
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

  @Property(tries = 100, seed = "26", edgeCases = EdgeCasesMode.NONE)
  void whatIsWrittenIsRead(@ForAll @Size(max = 300) float[] floats, @ForAll @Size(max = 40) double[] doubles,
      @ForAll @Size(max = 40) int[] ints, @ForAll @Size(max = 40) byte[] bytes) throws IOException {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    arrays.put("a.W", new Tensor(new int[] {floats.length}, floats));
    arrays.put("b", new Tensor(new int[] {1, doubles.length, 1}, doubles));
    arrays.put("c", new Tensor(new int[] {ints.length}, ints));
    arrays.put("d", new Tensor(new int[] {bytes.length}, bytes));
    Path file = Files.createTempFile("x", ".npz");
    Npz.write(file, arrays);
    Map<String, Tensor> read = Npz.read(file);
    Files.delete(file);
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

  /** What numpy.savez writes to a file, and savez_compressed to a pipe and where it takes sizes for large: all have sizes of 64 bits. */
  @Test
  void readsNumpysArchives() throws IOException {
    for (String archive : new String[] {
        "UEsDBC0AAAAAAAAAIQBI6mbs//////////8FABQAeC5ucHkBABAAgwAAAAAAAACDAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJ3x1MScsICdmb3J0cmFuX29yZGVyJzog"
            + "RmFsc2UsICdzaGFwZSc6ICgzLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAECUEsBAi0DLQAAAAAA"
            + "AAAhAEjqZuyDAAAAgwAAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsFBgAAAAABAAEAMwAAALoAAAAAAA==",
        "UEsDBC0ACAAIAAAAIQAAAAAA//////////8FABQAeC5ucHkBABAAAAAAAAAAAAAAAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndL"
            + "zClOBYoXZyQWpAL5GsY6mjoKtQoUAC4GRiYAUEsHCEjqZuxHAAAAAAAAAIMAAAAAAAAAUEsBAi0DLQAIAAgAAAAhAEjqZuxHAAAAgwAAAAUAAAAAAAAAAAAAAIABAAAAAHgu"
            + "bnB5UEsFBgAAAAABAAEAMwAAAJYAAAAAAA==",
        "UEsDBC0AAAAIAAAAIQBI6mbs//////////8FABQAeC5ucHkBABAAgwAAAAAAAABHAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndL"
            + "zClOBYoXZyQWpAL5GsY6mjoKtQoUAC4GRiYAUEsBAi0DLQAAAAgAAAAhAEjqZuz//////////wUAFAAAAAAAAAAAAIABAAAAAHgubnB5AQAQAIMAAAAAAAAARwAAAAAAAABQ"
            + "SwYGLAAAAAAAAAAtAC0AAAAAAAAAAAABAAAAAAAAAAEAAAAAAAAARwAAAAAAAAB+AAAAAAAAAFBLBgcAAAAAxQAAAAAAAAABAAAAUEsFBgAAAAABAAEARwAAAH4AAAAAAA=="}) {
      byte[] bytes = Base64.getDecoder().decode(archive);
      Tensor x = Npz.read(Files.write(folder.resolve("x.npz"), bytes)).get("x");
      assertThat(x).hasToString("uint8[3]");
      assertThat(x.toDoubles()).containsExactly(0, 1, 2);
    }
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

  /** Whatever byte of a file changes, arrays are what they were, or the file is refused. */
  @Test
  void noChangedByteChangesANumberOrAName() throws IOException {
    Path file = folder.resolve("x.npz");
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    arrays.put("a.W", new Tensor(new int[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6}));
    arrays.put("b", new Tensor(new int[] {2}, new double[] {7, 8}));
    Npz.write(file, arrays);
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at++) {
      for (int change : new int[] {1, 2, 4, 0x20, 0x80, 0xff}) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) change;
        Files.write(file, changed);
        try {
          Map<String, Tensor> read = Npz.read(file);
          assertThat(read.keySet()).containsExactly("a.W", "b");
          assertThat(read.get("a.W").toDoubles()).containsExactly(1, 2, 3, 4, 5, 6);
          assertThat(read.get("b").toDoubles()).containsExactly(7, 8);
        } catch (Fault fault) {
          assertThat(fault).hasMessageStartingWith(file + ": ");
        }
      }
    }
  }

  /** A header that is a few bytes shorter makes the array begin in the middle of itself. */
  @Test
  void aShorterHeaderIsNoticed() throws IOException {
    Path file = folder.resolve("x.npz");
    Npz.write(file, Map.of("a", new Tensor(new int[] {100}, new float[100])));
    byte[] bytes = Files.readAllBytes(file);
    int length = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("NUMPY") + 7;
    bytes[length] -= 4;
    Files.write(file, bytes);
    assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(Fault.class).hasMessage(file + ": array a: damaged (its check sum is wrong)");
  }

  /** Archives as a hostile writer makes them, with check sums that are right. */
  private Path archive(Map<String, byte[]> entries, int method) throws IOException {
    Path file = folder.resolve("hostile.npz");
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (var content : entries.entrySet()) {
        var entry = new ZipEntry(content.getKey());
        var crc = new CRC32();
        crc.update(content.getValue());
        entry.setMethod(method);
        entry.setSize(content.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content.getValue());
      }
    }
    return file;
  }

  @Test
  void headersAreNotBelieved() throws IOException {
    for (int method : new int[] {ZipEntry.STORED, ZipEntry.DEFLATED}) {
      for (String shape : new String[] {"(2147483639,)", "(1000000, 1000)"}) {
        Path file = archive(Map.of("a.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }", new byte[80])), method);
        assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(Fault.class).hasMessageStartingWith(file + ": array a: truncated: 80 of ");
      }
      for (String shape : new String[] {"(2147483647, 2147483647, 2147483647)", "(65536, 65536)", "(4, 4611686018427387904)", "(-1, 20)", "(4294967297,)"}) {
        Path file = archive(Map.of("a.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }", new byte[80])), method);
        assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(Fault.class).hasMessageStartingWith(file + ": array a: ");
      }
      Path file = archive(Map.of("a.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", new byte[80])), method);
      assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(Fault.class).hasMessage(file + ": array a: 80 of 12 bytes");
    }
    Path none = archive(Map.of("a.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647, 0), }")), ZipEntry.STORED);
    assertThat(Npz.read(none).get("a").size()).isZero();
  }

  @Test
  void whatNobodyAsksForMayBeText() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("x.npy", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", (byte) 1, (byte) 2));
    entries.put("names.npy", npy("{'descr': '<U1', 'fortran_order': False, 'shape': (2,), }", new byte[8]));
    entries.put("table.npy", npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", new byte[8]));
    Path file = archive(entries, ZipEntry.DEFLATED);
    Npz.Arrays arrays = Npz.read(file, name -> !name.equals("table"));
    assertThat(arrays.get("x").toDoubles()).containsExactly(1, 2);
    assertThat(arrays.get("y")).isNull();
    assertThat(arrays.names()).isEqualTo("x, names, table");
    assertThatThrownBy(() -> arrays.get("names")).isInstanceOf(Fault.class).hasMessage(file + ": array names: element type U1 is not supported");
    assertThatThrownBy(() -> Npz.read(file)).hasMessage(file + ": array names: element type U1 is not supported");
  }

  @Test
  void namesAreComposedAndDiffer() throws IOException {
    byte[] one = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", (byte) 1);
    assertThat(Npz.read(archive(Map.of("gro\u0308\u00dfe.npy", one), ZipEntry.STORED))).containsOnlyKeys("gr\u00f6\u00dfe");
    Map<String, byte[]> same = new LinkedHashMap<>();
    same.put("o\u0308.npy", one);
    same.put("\u00f6.npy", one);
    Path file = archive(same, ZipEntry.STORED);
    assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(Fault.class).hasMessage(file + ": two arrays are called \u00f6");
  }

  @Test
  void oneArrayByItselfIsNoArchive() throws IOException {
    Path file = Files.write(folder.resolve("x.npy"), npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", (byte) 1));
    assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(Fault.class)
        .hasMessage(file + ": one array (.npy), not an npz archive of arrays by name");
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

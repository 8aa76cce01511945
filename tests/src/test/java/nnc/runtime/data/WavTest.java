package nnc.runtime.data;

import static nnc.runtime.data.Sources.source;
import static nnc.runtime.data.Sources.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WAV files, as the JDK writes them. Oracle: the samples that were written, and sines of other rates. */
class WavTest {
  @TempDir
  private Path folder;

  /** A file of {@code frames} samples of each channel, a number from -1 to 1 each. */
  private Path write(String name, AudioFormat format, int frames, IntToDoubleFunction... channels) throws IOException {
    int bits = format.getSampleSizeInBits();
    var bytes = ByteBuffer.allocate(frames * channels.length * bits / 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < frames; i++) {
      for (var channel : channels) {
        double value = channel.applyAsDouble(i);
        long whole = Math.round(value * (1L << bits - 1));
        switch (format.getEncoding() == AudioFormat.Encoding.PCM_FLOAT ? -bits : bits) {
          case 8 -> bytes.put((byte) (whole + 128));
          case 16 -> bytes.putShort((short) whole);
          case 24 -> bytes.put((byte) whole).put((byte) (whole >> 8)).put((byte) (whole >> 16));
          case 32 -> bytes.putInt((int) whole);
          case -32 -> bytes.putFloat((float) value);
          default -> bytes.putDouble(value);
        }
      }
    }
    Path file = folder.resolve("s").resolve(name);
    Files.createDirectories(file.getParent());
    AudioSystem.write(new AudioInputStream(new ByteArrayInputStream(bytes.array()), format, frames), AudioFileFormat.Type.WAVE, file.toFile());
    return file;
  }

  private static AudioFormat format(int bits, int channels, float rate) {
    var encoding = bits < 0 ? AudioFormat.Encoding.PCM_FLOAT : bits == 8 ? AudioFormat.Encoding.PCM_UNSIGNED : AudioFormat.Encoding.PCM_SIGNED;
    return new AudioFormat(encoding, rate, Math.abs(bits), channels, Math.abs(bits) / 8 * channels, rate, false);
  }

  private Table table(Map<String, ?> named) {
    return Sources.table(folder, source("wav", named, "s"));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 24, 32, -32, -64})
  void samplesAreSharesOfTheLargest(int bits) throws IOException {
    write("low/a.wav", format(bits, 2, 8000), 5, i -> i / 8.0 - 0.5, i -> -i / 16.0);
    write("high/b.WAV", format(bits, 2, 8000), 5, i -> 0.25, i -> i == 0 ? -1 : 0.5);
    var table = table(Map.of());
    assertThat(table.column("label").classes()).containsExactly("high", "low");
    assertThat(values(table.column("label"))).containsExactly(0, 1);
    assertThat(table.column("sound").shape()).containsExactly(2, 5);
    assertThat(values(table.column("sound"))).containsExactly(0.25, 0.25, 0.25, 0.25, 0.25, -1, 0.5, 0.5, 0.5, 0.5,
        -0.5, -0.375, -0.25, -0.125, 0, 0, -0.0625, -0.125, -0.1875, -0.25);
  }

  @Test
  void soundsAreCutOrFilledUpAndMixed() throws IOException {
    write("a/1.wav", format(16, 2, 8000), 3, i -> 0.5, i -> 0.25 * i);
    write("a/2.wav", format(16, 1, 8000), 5, i -> i / 8.0);
    var table = table(Map.of("length", 4, "channels", 1));
    assertThat(table.column("sound").shape()).containsExactly(1, 4);
    assertThat(values(table.column("sound"))).containsExactly(0.25, 0.375, 0.5, 0, 0, 0.125, 0.25, 0.375);
  }

  @ParameterizedTest
  @ValueSource(ints = {4000, 11025, 16000, 44100})
  void resampledASineIsThatSine(int rate) throws IOException {
    write("a/1.wav", format(-32, 1, 8000), 4000, i -> Math.sin(2 * Math.PI * 440 * i / 8000));
    var sound = table(Map.of("rate", rate)).column("sound");
    assertThat(sound.shape()).containsExactly(1, Math.round(4000L * rate / 8000f));
    // at its ends the sound begins and ends, which is no sine; inside the filter's ripple is left
    for (int i = sound.width() / 8; i < sound.width() * 7 / 8; i++) {
      assertThat(sound.get(i)).isCloseTo(Math.sin(2 * Math.PI * 440 * i / rate), within(2e-3));
    }
  }

  @Test
  void whatTheLowerRateCannotHaveIsLeftOut() throws IOException {
    write("a/1.wav", format(-32, 1, 8000), 4000, i -> Math.sin(2 * Math.PI * 3500 * i / 8000));
    var sound = table(Map.of("rate", 4000)).column("sound");
    for (int i = 200; i < 1800; i++) {
      assertThat(sound.get(i)).isCloseTo(0, within(2e-3));
    }
  }

  @Test
  void filesThatDifferAreToldWhatToSay() throws IOException {
    Path first = write("a/1.wav", format(16, 1, 8000), 4, i -> 0);
    Path other = write("a/2.wav", format(16, 1, 8000), 5, i -> 0);
    assertThatThrownBy(() -> table(Map.of())).isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.hint()).isEqualTo("give wav a length: length = 4"))
        .hasMessage(other + ": 5 samples of 1 channel at 8000 a second, and " + first + " has 4 samples of 1 channel at 8000 a second");
    write("a/2.wav", format(16, 2, 8000), 4, i -> 0, i -> 0);
    assertThatThrownBy(() -> table(Map.of())).isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.hint()).contains("channels = 1"));
    assertThatThrownBy(() -> table(Map.of("channels", 2))).hasMessage(first + ": 1 channels, and 2 are wanted");
    write("a/2.wav", format(16, 1, 16000), 4, i -> 0);
    assertThatThrownBy(() -> table(Map.of())).isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.hint()).contains("rate = 8000"));
  }

  @Test
  void damagedFilesAreRefusedByName() throws IOException {
    Path file = write("a/1.wav", format(16, 1, 8000), 40, i -> 0);
    byte[] valid = Files.readAllBytes(file);
    for (int length = 1; length < valid.length; length++) {
      Files.write(file, Arrays.copyOf(valid, length));
      assertThatThrownBy(() -> table(Map.of())).isInstanceOf(Fault.class).hasMessageStartingWith(file + ": ");
    }
    Files.write(file, "RIFF....WAVEnothing".getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> table(Map.of())).hasMessageStartingWith(file + ": ");
    Files.delete(file);
    assertThatThrownBy(() -> table(Map.of())).hasMessage(folder.resolve("s") + ": no WAV files in its sub-folders");
  }
}

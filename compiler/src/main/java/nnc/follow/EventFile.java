package nnc.follow;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import nnc.runtime.base.Fault;

/** A file of events as TensorBoard reads them (tensorflow/core/util/event.proto and framework/summary.proto): scalars, histograms and images. */
public final class EventFile implements AutoCloseable {
  private static final int BUCKETS = 30;

  private final Path file;
  private final OutputStream out;

  /**
   * Begins a file in a folder, which is made if it is not there; others there stay.
   *
   * @throws Fault if it cannot be written
   */
  public EventFile(Path folder) {
    try {
      Files.createDirectories(folder);
      long now = System.currentTimeMillis();
      file = folder.resolve("events.out.tfevents." + now / 1000 + ".nnc." + ProcessHandle.current().pid() + "." + System.nanoTime());
      out = Files.newOutputStream(file);
    } catch (IOException e) {
      throw new Fault(folder + ": no file of events can be written there: " + e.getMessage(), "choose another folder", e);
    }
    write(new EventRecord().number(1, now()).text(3, "brain.Event:2"));
  }

  private static double now() {
    return System.currentTimeMillis() / 1e3;
  }

  /** A number at a step. */
  public void scalar(String tag, int step, double value) {
    add(step, new EventRecord().text(1, tag).single(2, (float) value));
  }

  /** How numbers are spread at a step; those that are not finite are left out. */
  public void histogram(String tag, int step, double[] values) {
    var finite = DoubleStream.of(values).filter(Double::isFinite).sorted().toArray();
    if (finite.length == 0) {
      return;
    }
    double low = finite[0];
    double high = finite[finite.length - 1];
    var limits = new double[BUCKETS];
    var counts = new double[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      limits[i] = i == BUCKETS - 1 ? Math.max(high, low + 1e-12) : low + (high - low) * (i + 1) / BUCKETS;
    }
    for (double value : finite) {
      int at = Arrays.binarySearch(limits, value);
      counts[Math.min(BUCKETS - 1, at < 0 ? -at - 1 : at)]++;
    }
    var spread = new EventRecord().number(1, low).number(2, high).number(3, finite.length).number(4, DoubleStream.of(finite).sum())
        .number(5, DoubleStream.of(finite).map(value -> value * value).sum()).numbers(6, limits).numbers(7, counts);
    add(step, new EventRecord().text(1, tag).message(5, spread));
  }

  /**
   * A picture at a step.
   *
   * @param png of eight bits a colour, whose head tells its size
   */
  public void image(String tag, int step, byte[] png) {
    var image = new EventRecord().whole(1, size(png, 20)).whole(2, size(png, 16)).whole(3, 3).bytes(4, png);
    add(step, new EventRecord().text(1, tag).message(4, image));
  }

  private static int size(byte[] png, int at) {
    return java.nio.ByteBuffer.wrap(png).getInt(at);
  }

  private void add(int step, EventRecord value) {
    write(new EventRecord().number(1, now()).whole(2, step).message(5, new EventRecord().message(1, value)));
  }

  private void write(EventRecord event) {
    try {
      out.write(event.framed());
      out.flush();
    } catch (IOException e) {
      throw new Fault(file + ": cannot be written: " + e.getMessage(), "", e);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new Fault(file + ": cannot be written: " + e.getMessage(), "", e);
    }
  }
}

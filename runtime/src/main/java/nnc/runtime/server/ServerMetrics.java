package nnc.runtime.server;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What is counted and timed, in the text format of Prometheus, version 0.0.4. */
final class ServerMetrics {
  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double[] SECONDS = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};
  private static final double[] REQUESTS = {1, 2, 4, 8, 16, 32, 64, 128, 256};

  private final Map<String, OfModel> models = new ConcurrentSkipListMap<>();
  /** Inferences under way. */
  final AtomicInteger underWay = new AtomicInteger();

  /** Counts by upper bounds, the last one being infinite. */
  private static final class Histogram {
    private final double[] bounds;
    private final LongAdder[] counts;
    /** In billionths, so that whole numbers add up. */
    private final LongAdder sum = new LongAdder();

    Histogram(double[] bounds) {
      this.bounds = bounds;
      counts = new LongAdder[bounds.length + 1];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = new LongAdder();
      }
    }

    void add(double value) {
      int place = 0;
      while (place < bounds.length && value > bounds[place]) {
        place++;
      }
      counts[place].increment();
      sum.add(Math.round(value * 1e9));
    }

    void write(StringBuilder text, String name, String labels) {
      long count = 0;
      for (int i = 0; i < counts.length; i++) {
        count += counts[i].sum();
        text.append(name).append("_bucket{").append(labels).append(",le=\"").append(i == bounds.length ? "+Inf" : number(bounds[i])).append("\"} ").append(count).append('\n');
      }
      text.append(name).append("_sum{").append(labels).append("} ").append(number(sum.sum() / 1e9)).append('\n');
      text.append(name).append("_count{").append(labels).append("} ").append(count).append('\n');
    }
  }

  /** Those of one network. */
  static final class OfModel {
    private final String label;
    private final Map<Integer, LongAdder> requests = new ConcurrentSkipListMap<>();
    private final Histogram seconds = new Histogram(SECONDS);
    private final Histogram shared = new Histogram(REQUESTS);
    private final LongAdder rows = new LongAdder();
    private final LongAdder reloads = new LongAdder();
    private final LongAdder refusedReloads = new LongAdder();
    private volatile int version = 1;

    private OfModel(String name) {
      label = "model=\"" + escaped(name) + '"';
    }

    /** An inference was answered by a status. */
    void answered(int status, double took) {
      requests.computeIfAbsent(status, any -> new LongAdder()).increment();
      seconds.add(took);
    }

    /** A prediction was made of so many requests. */
    void predicted(int count, int of) {
      rows.add(count);
      shared.add(of);
    }

    /** Weights were taken; they are the version of that number. */
    void reloaded(int to) {
      version = to;
      reloads.increment();
    }

    void reloadRefused() {
      refusedReloads.increment();
    }
  }

  OfModel of(String model) {
    return models.computeIfAbsent(model, OfModel::new);
  }

  private static String escaped(String name) {
    return name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value).toLowerCase(Locale.ROOT);
  }

  /** All of them. */
  String text(boolean ready) {
    var text = new StringBuilder();
    head(text, "nnc_ready", "gauge", "Whether the service takes requests.");
    text.append("nnc_ready ").append(ready ? 1 : 0).append('\n');
    head(text, "nnc_requests_under_way", "gauge", "Inferences under way, those that wait counted.");
    text.append("nnc_requests_under_way ").append(underWay.get()).append('\n');
    head(text, "nnc_memory_bytes", "gauge", "Bytes of Java's heap that are in use.");
    text.append("nnc_memory_bytes ").append(Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()).append('\n');
    head(text, "nnc_requests_total", "counter", "Inferences answered, by status.");
    for (OfModel model : models.values()) {
      for (var status : model.requests.entrySet()) {
        text.append("nnc_requests_total{").append(model.label).append(",code=\"").append(status.getKey()).append("\"} ").append(status.getValue().sum()).append('\n');
      }
    }
    head(text, "nnc_request_seconds", "histogram", "From the head of a request to the end of its answer.");
    for (OfModel model : models.values()) {
      model.seconds.write(text, "nnc_request_seconds", model.label);
    }
    head(text, "nnc_rows_total", "counter", "Rows predicted.");
    for (OfModel model : models.values()) {
      single(text, "nnc_rows_total", model.label, model.rows.sum());
    }
    head(text, "nnc_requests_per_prediction", "histogram", "Requests that shared a prediction.");
    for (OfModel model : models.values()) {
      model.shared.write(text, "nnc_requests_per_prediction", model.label);
    }
    head(text, "nnc_weights_version", "gauge", "The version of the weights that answer.");
    for (OfModel model : models.values()) {
      single(text, "nnc_weights_version", model.label, model.version);
    }
    head(text, "nnc_reloads_total", "counter", "Weights taken, and refused, since the start.");
    for (OfModel model : models.values()) {
      single(text, "nnc_reloads_total", model.label + ",result=\"taken\"", model.reloads.sum());
      single(text, "nnc_reloads_total", model.label + ",result=\"refused\"", model.refusedReloads.sum());
    }
    return text.toString();
  }

  private static void head(StringBuilder text, String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static void single(StringBuilder text, String name, String labels, long value) {
    text.append(name).append('{').append(labels).append("} ").append(value).append('\n');
  }
}

package nnc.search;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Values of the constants that a search varies, by name in the order of its axes, as the command line would give them. */
public record Point(Map<String, String> values) {
  private static final String PLAIN = "[A-Za-z0-9._+-]+";

  /** {@code rate=0.01 layers=[8, 8]}. */
  @Override
  public String toString() {
    return values.entrySet().stream().map(one -> one.getKey() + "=" + one.getValue()).collect(Collectors.joining(" "));
  }

  /** As options for a shell: {@code -D rate=0.01 -D 'layers=[8, 8]'}. */
  public String options() {
    return options(values);
  }

  static String options(Map<String, String> values) {
    return values.entrySet().stream().map(one -> "-D " + (one.getValue().matches(PLAIN) ? one.getKey() + "=" + one.getValue()
        : "'" + one.getKey() + "=" + one.getValue().replace("'", "'\\''") + "'")).collect(Collectors.joining(" "));
  }

  /** With what stays, all that is defined. */
  Map<String, String> with(Map<String, String> others) {
    var all = new TreeMap<>(others);
    all.putAll(values);
    return all;
  }
}

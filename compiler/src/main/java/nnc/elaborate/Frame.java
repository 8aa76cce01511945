package nnc.elaborate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where layers are made, and hence their names: the program, a layer's body, or a named chain. In each iteration of a {@code for} a name
 * carries its number or index; the second of a name is {@code name_2}. Applied again, a layer finds the layers that it made before.
 */
final class Frame {
  private final String path;
  private final Map<String, Value> children = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  /** By a name that is taken, the number that the next one of it may have. */
  private final Map<String, Integer> next = new HashMap<>();
  private int open;
  private final List<String> iterations = new ArrayList<>();

  /** Where a chain is made, whose layers are not made again when that is applied again; null of others. */
  private final Frame around;

  Frame(String path) {
    this(path, null);
  }

  private Frame(String path, Frame around) {
    this.path = path;
    this.around = around;
  }

  /** Of a chain that is made here. */
  Frame chain(String name) {
    return new Frame(child(name), this);
  }

  String path() {
    return path;
  }

  String child(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** A name for a new layer that none in this application has. */
  String name(String wanted) {
    var suffix = iterations.isEmpty() ? "" : "." + String.join(".", iterations);
    var name = wanted + suffix;
    for (int i = next.getOrDefault(name, 2); !taken.add(name); i++) {
      next.put(wanted + suffix, i + 1);
      name = wanted + "_" + i + suffix;
    }
    return name;
  }

  Value existing(String name) {
    return children.get(name);
  }

  void keep(String name, Value layer) {
    children.put(name, layer);
  }

  /** The layer applied once more makes the same layers again. */
  void restart() {
    taken.clear();
    next.clear();
  }

  void enter(String iteration) {
    iterations.add(iteration);
  }

  /** In a loop whose turns are not counted at compile time. */
  void enterOpen() {
    open++;
  }

  void leaveOpen() {
    open--;
  }

  /** Whether layers would be made in each turn of such a loop. */
  boolean isInOpenLoop() {
    return open > 0 || around != null && around.isInOpenLoop();
  }

  void leave() {
    iterations.removeLast();
  }
}

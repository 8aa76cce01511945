package nnc.elaborate;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Names and their values, inside an outer scope. */
final class Scope {
  private final Scope outer;
  private final Map<String, Value> values = new HashMap<>();
  /** The layer instance whose body this is, if any. */
  final Value.Instance owner;
  /** The optimizer's memory for one weight, if this is an optimizer's body. */
  final OptimizerFrame memory;

  Scope(Scope outer) {
    this(outer, outer == null ? null : outer.owner, outer == null ? null : outer.memory);
  }

  Scope(Scope outer, Value.Instance owner, OptimizerFrame memory) {
    this.outer = outer;
    this.owner = owner;
    this.memory = memory;
  }

  /** The value, or null. */
  Value find(String name) {
    for (var scope = this; scope != null; scope = scope.outer) {
      var value = scope.values.get(name);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  void bind(String name, Value value) {
    values.put(name, value);
  }

  Map<String, Value> own() {
    return values;
  }

  Set<String> names() {
    var names = new TreeSet<String>();
    for (var scope = this; scope != null; scope = scope.outer) {
      names.addAll(scope.values.keySet());
    }
    return names;
  }
}

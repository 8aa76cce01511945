package nnc.elaborate;

import java.util.List;

/** What the compiler itself knows, for tests of all of it. */
public final class BuiltinNames {
  private BuiltinNames() {}

  public static List<String> all() {
    return Builtins.all().stream().map(Builtin::name).toList();
  }
}

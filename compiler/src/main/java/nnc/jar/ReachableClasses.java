package nnc.jar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.objectweb.asm.ClassReader;

/** Of a set of classes those that some of them can come by: what a class speaks of stands in its constant pool, by its name or in descriptors. */
final class ReachableClasses {
  private ReachableClasses() {}

  private static final Pattern NAME = Pattern.compile("nnc/[\\w$/]+");

  private static final int TEXT = 1, LONG = 5, DOUBLE = 6;

  /**
   * The files of the classes that can be reached.
   *
   * @param classes all there are, by file
   * @param roots   content of the classes to begin with
   */
  static Map<String, byte[]> of(Map<String, byte[]> classes, Collection<byte[]> roots) {
    var reached = new TreeMap<String, byte[]>();
    var open = new ArrayDeque<>(roots);
    while (!open.isEmpty()) {
      for (var name : names(open.pop())) {
        var file = name + ".class";
        var found = classes.get(file);
        if (found != null && reached.put(file, found) == null) {
          open.push(found);
        }
      }
    }
    return reached;
  }

  /** Whatever looks like a class's name in the texts of a constant pool. A text that is none, and has the name of a class, does no harm. */
  private static Set<String> names(byte[] file) {
    var names = new HashSet<String>();
    var reader = new ClassReader(file);
    for (int i = 1; i < reader.getItemCount(); i++) {
      int at = reader.getItem(i);
      int tag = reader.readByte(at - 1);
      if (tag == TEXT) {
        var text = new String(file, at + 2, reader.readUnsignedShort(at), StandardCharsets.UTF_8);
        NAME.matcher(text).results().forEach(match -> names.add(match.group()));
      } else if (tag == LONG || tag == DOUBLE) {
        i++;
      }
    }
    return names;
  }
}

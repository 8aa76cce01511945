package nnc.driver;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Class files by name, each emitted when it is first asked for: who runs a network takes scalar code and the vectors of one machine, if it computes long enough for
 * these, and who writes a jar takes all, which are then emitted side by side. Cannot be changed; safe for use by several threads.
 *
 * @param <W> what a class is emitted of
 */
final class EmittedClasses<W> extends AbstractMap<String, byte[]> {
  private final Set<String> names;
  private final Function<W, byte[]> emitter;
  /** What has not been emitted, by name; what a class was made of is not kept beside it. */
  private final Map<String, W> wanted;
  private final Map<String, byte[]> emitted = new ConcurrentHashMap<>();

  /** @param emitter gives a class the same bytes each time */
  EmittedClasses(Map<String, W> wanted, Function<W, byte[]> emitter) {
    this.names = Collections.unmodifiableSet(new LinkedHashSet<>(wanted.keySet()));
    this.wanted = new ConcurrentHashMap<>(wanted);
    this.emitter = emitter;
  }

  /**
   * Emits some classes while the program is compiled.
   *
   * @throws java.util.concurrent.CancellationException if this thread is interrupted meanwhile
   */
  void emit(Collection<String> files) {
    Parallel.map(List.copyOf(files), this::emit);
  }

  /** Emits what is missing of some classes. A thread that is interrupted waits for them all the same: it may be one that trains, and runs by them. */
  private void complete(Collection<String> files) {
    var missing = files.stream().filter(wanted::containsKey).toList();
    if (!missing.isEmpty()) {
      Parallel.mapToTheEnd(missing, this::emit);
    }
  }

  private byte[] emit(String file) {
    var made = wanted.get(file);
    if (made != null) {
      emitted.put(file, emitter.apply(made));
      wanted.remove(file);
    }
    return emitted.get(file);
  }

  @Override
  public byte[] get(Object file) {
    if (!containsKey(file)) {
      return null;
    }
    complete(List.of((String) file));
    return emitted.get(file);
  }

  @Override
  public boolean containsKey(Object file) {
    return names.contains(file);
  }

  @Override
  public Set<String> keySet() {
    return names;
  }

  /** Whoever goes through it has all classes emitted. */
  @Override
  public Set<Entry<String, byte[]>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Entry<String, byte[]>> iterator() {
        complete(names);
        return names.stream().<Entry<String, byte[]>>map(file -> Map.entry(file, emitted.get(file))).iterator();
      }

      @Override
      public int size() {
        return names.size();
      }
    };
  }
}

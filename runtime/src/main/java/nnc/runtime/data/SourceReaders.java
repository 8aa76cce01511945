package nnc.runtime.data;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Source;

/**
 * What reads each source, by its name. No other class speaks of readers, so that a jar carries those of its program's sources alone; that it lacks one is
 * found when this is asked for it.
 */
public final class SourceReaders {
  private SourceReaders() {}

  /** The argument of sources that says that their rows are not in memory, and what text needs for that. */
  static final String STREAM = "stream";

  private static final String PACKAGE = "nnc.runtime.data.";

  /** Each source that is read from files, and the class that does. */
  private static final String[][] READ = {{"mnist", "Mnist"}, {"idx", "Idx"}, {"csv", "Csv"}, {"npz", "NpzSource"}, {"npy", "NpySource"},
      {"jsonl", "JsonLines"}, {"images", "Images"}, {"cifar10", "Cifar"}, {"cifar100", "Cifar"}, {"wav", "Wav"},
      {"texts", "TextTokens"}, {"textfile", "TextTokens"}};

  /** Each source that is computed, and the class that does. */
  private static final String[][] GENERATED = {{"xor", "Playground"}, {"circle", "Playground"}, {"gauss", "Playground"}, {"spiral", "Playground"},
      {"bumps", "Playground"},
      {"plane", "Playground"}, {"addition", "Sequences"}, {"sorting", "Sequences"}, {"rows", "Rows"}};

  /** Each source that is made of others, and the class that does; a plain share needs none. */
  private static final String[][] DERIVED = {{"tokens", "TextTokens"}, {Data.SEQUENCES, "SequenceRows"}, {"zip", "Zip"}, {"bootstrap", "Bootstrap"}, {"out_of_bag", "Bootstrap"}};

  /** Each source that is a part of another, and the class that chooses its rows where it is no plain share. */
  private static final String[][] PARTS = {{DataPart.SPLIT, "FoldRows"}, {DataPart.FOLD, "FoldRows"}};

  /** What several of them need. */
  private static final String[][] SHARED = {{STREAM, "Spooling"}};

  /** Makes a table of a source's arguments. Each reader has a constructor without parameters. */
  interface SourceReader {
    /**
     * Reads, or computes, a source.
     *
     * @param source its name: a class may read several
     * @param feeds  inputs and targets by name: of what a file holds more, nothing need be read
     */
    Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds);
  }

  /** The names of all sources. */
  static List<String> names() {
    List<String> names = new ArrayList<>();
    for (String[][] sources : List.of(READ, GENERATED, DERIVED, PARTS)) {
      for (String[] source : sources) {
        names.add(source[0]);
      }
    }
    return names;
  }

  /** Whether a source is computed rather than read. */
  static boolean isGenerated(String source) {
    return reader(source, GENERATED) != null;
  }

  /** Whether a source is made of others. */
  static boolean isDerived(String source) {
    return reader(source, DERIVED) != null;
  }

  private static String reader(String source, String[][] readers) {
    for (String[] reader : readers) {
      if (reader[0].equals(source)) {
        return reader[1];
      }
    }
    return null;
  }

  /** The full name of the class that a source needs; null if there is no such source. */
  public static String className(String source) {
    for (String[][] sources : List.of(READ, GENERATED, DERIVED, PARTS, SHARED)) {
      String name = reader(source, sources);
      if (name != null) {
        return PACKAGE + name;
      }
    }
    return null;
  }

  /**
   * The sources whose classes a program may need: those that its data block calls, and where it reads tables, JSON lines, which are predicted for then. Plain
   * shares need none: from Java every network can be told to hold one back.
   */
  public static Set<String> needed(Collection<Source> sources) {
    Set<String> needed = called(sources);
    if (needed.contains("csv")) {
      needed.add("jsonl");
    }
    if (needed.contains("jsonl") && streams(sources)) {
      needed.add(STREAM);
    }
    if (!needed.contains(DataPart.FOLD) && !goesByColumns(sources)) {
      needed.remove(DataPart.SPLIT);
    }
    return needed;
  }

  private static boolean streams(Collection<Source> sources) {
    for (Source source : sources) {
      if (source.named().containsKey(STREAM) || streams(source.arguments()) || streams(source.named().values())) {
        return true;
      }
    }
    return false;
  }

  private static boolean goesByColumns(Collection<Source> sources) {
    for (Source source : sources) {
      if (!Collections.disjoint(source.named().keySet(), DataPart.KEYS) || goesByColumns(source.arguments())) {
        return true;
      }
    }
    return false;
  }

  /** The names of all sources that a data block calls, those in others' arguments included. */
  public static Set<String> called(Collection<Source> sources) {
    Set<String> called = new LinkedHashSet<>();
    for (Source source : sources) {
      called.add(source.name());
      called.addAll(called(source.arguments()));
      called.addAll(called(source.named().values()));
    }
    return called;
  }

  /** The first of a data block's sources that has one of some names, those that others are made of included; null if there is none. */
  static Source first(List<String> names, Iterable<Source> sources) {
    Source found = null;
    for (Source source : sources) {
      found = found != null ? found : names.contains(source.name()) ? source : first(names, source.arguments());
    }
    return found;
  }

  /**
   * A new reader of a source.
   *
   * @throws Fault if the runtime that runs has none: a jar has those of its program's sources
   */
  public static <T> T of(String source, Class<T> type) {
    try {
      return type.cast(Class.forName(className(source)).getDeclaredConstructor().newInstance());
    } catch (ClassNotFoundException e) {
      throw new Fault("this jar has nothing that reads " + source + "(...): its program has no such source", "nnc itself reads them all", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}

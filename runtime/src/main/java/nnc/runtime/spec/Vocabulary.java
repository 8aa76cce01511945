package nnc.runtime.spec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nnc.runtime.spec.ModelSpec.Feed;

/** The texts that a network's inputs and targets know, and the class that each is fed as: those listed in the program, and those learned with the weights. */
public final class Vocabulary {
  private static final long FNV_BASIS = 0xcbf29ce484222325L, FNV_PRIME = 0x100000001b3L;

  private final Map<String, List<String>> learned = new HashMap<>();
  private final Map<String, long[]> record = new TreeMap<>();

  /** Takes what was learned of an input: its names in the order of their classes. */
  public void learn(String input, List<String> names) {
    learned.put(input, names);
  }

  /** Takes all that another has learned. */
  public void learn(Vocabulary other) {
    learned.putAll(other.learned);
    record.putAll(other.record);
  }

  /** What is known of the training that the weights are from, by the names that it has in their file: how far it was, and check sums of its data. */
  public Map<String, long[]> record() {
    return record;
  }

  /** Whether names of an input were learned. */
  public boolean has(String input) {
    return learned.containsKey(input);
  }

  /** What was learned, by input. */
  public Map<String, List<String>> learned() {
    return learned;
  }

  /** The names of an input's classes from 0 on, but for the one of all others; none where there are only numbers, or nothing has been learned yet. */
  public List<String> names(Feed feed) {
    List<String> names = feed.column() instanceof ColumnType.Listed listed ? listed.names() : learned.get(feed.name());
    return names == null ? List.of() : names;
  }

  /** What each class of an input is called, the one of all others included; none if its classes have no names. */
  public List<String> titles(Feed feed) {
    List<String> names = names(feed);
    if (names.isEmpty() || names.size() == feed.column().classes()) {
      return names;
    }
    List<String> titles = new ArrayList<>(names);
    while (titles.size() < feed.column().classes()) {
      titles.add(feed.column().hasOther() && titles.size() == feed.column().classes() - 1 ? ColumnType.OTHER : Integer.toString(titles.size()));
    }
    return titles;
  }

  /** The class of each name of an input. */
  public Map<String, Integer> places(Feed feed) {
    Map<String, Integer> places = new HashMap<>();
    for (String name : names(feed)) {
      places.put(name, places.size());
    }
    return places;
  }

  /** The class of a text among those of {@link #places}; -1 if it has none. */
  public static int index(Feed feed, Map<String, Integer> places, String text) {
    if (feed.column() instanceof ColumnType.Hashed hashed) {
      return hash(text, hashed.classes());
    }
    Integer place = places.get(text);
    return place != null ? place : feed.column().hasOther() ? feed.column().classes() - 1 : -1;
  }

  private static int hash(String text, int classes) {
    long hash = FNV_BASIS;
    for (byte letter : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ letter & 0xff) * FNV_PRIME;
    }
    return (int) Long.remainderUnsigned(hash, classes);
  }
}

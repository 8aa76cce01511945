package nnc.elaborate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The text of the library that is written in the language: its files, each on one topic, and where in them definitions stand. Nothing is parsed here.
 *
 * <p>A definition begins a line with the word of its statement. Comments above it that begin with {@code ##} document it; where there are none it is a part of
 * others, and the file names it in a line {@code # parts: ...} of its head.
 */
final class LibraryText {
  /** What the names of the library's files begin with, where places are told; no file of a user is called so. */
  private static final String MARK = "nnc:";

  /** The files, in the order in which they are run. */
  private static final List<Topic> TOPICS = List.of(Topic.FUNCTIONS, Topic.ACTIVATIONS, Topic.REDUCTIONS, Topic.PLACES, Topic.ARGUMENTS, Topic.DENSE,
      Topic.NOISE, Topic.CONVOLUTION, Topic.POOLING, Topic.PREPARATION, Topic.NORMALISATION, Topic.RECURRENCE, Topic.ATTENTION, Topic.DECODING, Topic.LOSSES,
      Topic.METRICS, Topic.DERIVATIVES, Topic.PENALTIES, Topic.CONSTRAINTS, Topic.OPTIMIZERS, Topic.SECOND_ORDER, Topic.SCHEDULES, Topic.AVERAGES,
      Topic.AUGMENTATION, Topic.COLOURS, Topic.MIXING);

  /**
   * A definition's place in the text of its file.
   *
   * @param from where it begins
   * @param to   behind its last line
   */
  record Definition(LibraryText file, String name, int from, int to) {
    String text() {
      return file.text.substring(from, to);
    }

    /** The lines that document it, without their marks; empty if it is a part of others. */
    String comment() {
      var lines = new ArrayList<String>();
      int end = from;
      while (end > 0) {
        int start = file.text.lastIndexOf('\n', end - 2) + 1;
        if (!file.text.startsWith("##", start)) {
          break;
        }
        lines.addFirst(file.text.substring(Math.min(start + 3, end - 1), end - 1));
        end = start;
      }
      return String.join("\n", lines);
    }
  }

  static final List<LibraryText> ALL = TOPICS.stream().map(LibraryText::new).toList();

  private final Topic topic;
  private final String text;
  private final SequencedMap<String, Definition> definitions;

  private LibraryText(Topic topic) {
    this.topic = topic;
    text = read(topic.title());
    definitions = find();
  }

  private static String read(String name) {
    try (var in = LibraryText.class.getResourceAsStream("library/" + name + ".nn")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a text is of the library: its inner places are told as notes only. */
  static boolean has(String file) {
    return file.startsWith(MARK);
  }

  /** What places call the file. */
  String file() {
    return MARK + topic.title() + ".nn";
  }

  Topic topic() {
    return topic;
  }

  String text() {
    return text;
  }

  /** What it defines, in the order of the text. */
  SequencedMap<String, Definition> definitions() {
    return definitions;
  }

  private SequencedMap<String, Definition> find() {
    SequencedMap<String, Definition> found = new LinkedHashMap<>();
    String name = null;
    int from = 0;
    for (int line = 0; line < text.length(); line = text.indexOf('\n', line) + 1) {
      char first = text.charAt(line);
      if (name != null && first != ' ' && first != '}') {
        found.put(name, new Definition(this, name, from, line));
        name = null;
      }
      if (Character.isLetter(first)) {
        from = line;
        int start = text.indexOf(' ', line) + 1;
        name = text.substring(start, wordEnd(text, start));
      }
    }
    if (name != null) {
      found.put(name, new Definition(this, name, from, text.length()));
    }
    return Collections.unmodifiableSequencedMap(found);
  }

  static int wordEnd(String text, int from) {
    int end = from;
    while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
      end++;
    }
    return end;
  }
}

package nnc.driver;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import nnc.elaborate.Members;
import nnc.runtime.base.Fault;

/**
 * How a network came about: beside the text of its program and nnc itself all that the bytes of its jar follow from. As text it is what a command line says, a line an
 * option, with {@code import} for each file and {@code members} of an ensemble.
 *
 * @param defines   constants that were set, by name
 * @param precision 32 or 64
 * @param without   optimizations that were switched off
 * @param code      which code there is
 * @param members   networks that it is made of
 * @param imports   texts of files, by their paths as the program has them
 */
public record CompilationRecord(Map<String, String> defines, int precision, List<String> without, Code code, Members members, Map<String, String> imports) {
  /** {@code JAR}: gradients, which are there to be checked, in scalar code and in double. {@code ALL}: all as fast as the rest. */
  public enum Code { JAR, ALL }

  private static final String DEFINE = "-D", PRECISION = "--precision", WITHOUT = "--without", CODE = "code", MEMBERS = "members", IMPORT = "import";

  /** Options and names in the order of the alphabet, files in that of the program. */
  public CompilationRecord {
    defines = new TreeMap<>(defines);
    without = List.copyOf(new TreeSet<>(without));
    imports = new LinkedHashMap<>(imports);
  }

  /** A line each of what was given. */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    defines.forEach((name, value) -> lines.add(line(DEFINE, name + "=" + value)));
    lines.add(line(PRECISION, "f" + precision));
    without.forEach(name -> lines.add(line(WITHOUT, name)));
    if (code != Code.JAR) {
      lines.add(line(CODE, code.name().toLowerCase(Locale.ROOT)));
    }
    if (members.count() > 1) {
      lines.add(line(MEMBERS, members.count() + " " + members.combination().name().toLowerCase(Locale.ROOT)));
    }
    imports.keySet().forEach(path -> lines.add(line(IMPORT, path)));
    return lines;
  }

  private static String line(String word, String value) {
    return word + " " + value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  /** Gives the text of the file that is imported as the so-manieth, from 0 on. */
  public interface ImportedTexts {
    String of(int index);
  }

  /**
   * Reads lines.
   *
   * @param origin what to call them in messages
   * @throws Fault if they are no such record
   */
  public static CompilationRecord of(List<String> lines, ImportedTexts texts, String origin) {
    Map<String, String> defines = new LinkedHashMap<>();
    Map<String, String> imports = new LinkedHashMap<>();
    var without = new ArrayList<String>();
    int precision = 32;
    var code = Code.JAR;
    var members = Members.ONE;
    for (var line : lines) {
      int space = line.indexOf(' ');
      var value = unescaped(line.substring(space + 1));
      try {
        switch (line.substring(0, Math.max(0, space))) {
          case DEFINE -> defines.put(value.substring(0, value.indexOf('=')), value.substring(value.indexOf('=') + 1));
          case PRECISION -> precision = value.equals("f64") ? 64 : 32;
          case WITHOUT -> without.add(value);
          case CODE -> code = Code.valueOf(value.toUpperCase(Locale.ROOT));
          case MEMBERS -> members = members(value.split(" "));
          case IMPORT -> imports.put(value, texts.of(imports.size()));
          default -> throw new IllegalArgumentException(line);
        }
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new Fault(origin + ": '" + line + "' says nothing that is known of how a network came about", "", e);
      }
    }
    return new CompilationRecord(defines, precision, without, code, members, imports);
  }

  private static Members members(String[] words) {
    return new Members(Integer.parseInt(words[0]), Members.Combination.valueOf(words[1].toUpperCase(Locale.ROOT)));
  }

  private static String unescaped(String value) {
    var plain = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char letter = value.charAt(i);
      if (letter == '\\' && i + 1 < value.length()) {
        char next = value.charAt(++i);
        plain.append(next == 'n' ? '\n' : next == 'r' ? '\r' : next);
      } else {
        plain.append(letter);
      }
    }
    return plain.toString();
  }

  /** As the compiler takes it. */
  CompilerOptions options() {
    return new CompilerOptions(defines, precision, without, List.of(), _ -> { });
  }
}

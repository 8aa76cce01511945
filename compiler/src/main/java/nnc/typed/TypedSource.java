package nnc.typed;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import nnc.typed.TypedNetwork.ByClass;
import nnc.typed.TypedNetwork.Component;
import nnc.typed.TypedNetwork.NamedClasses;

/** The source of a network's class, in the language of Java 17: read by people and their tools as other sources are. */
final class TypedSource {
  private static final String HEAD = """
      /** As it was compiled, without weights: what {@code Training.of} trains, and {@link Model#initialised} gives first weights. */
        public static synchronized Model network() {
          if (network == null) {
            network = Model.load(CLASS.class.getResourceAsStream(NETWORK), NETWORK);
          }
          return network;
        }

        /**
         * With the weights of a file.
         *
         * @throws Fault if it does not fit the network
         */
        public static CLASS load(Path weights) {
          return of(network().withWeights(weights));
        }

        /** With a model's weights, as they are at each answer: one of {@link #network()}, trained or about to be. */
        public static CLASS of(Model model) {
          return new CLASS(model);
        }
      """;

  private static final String LOAD = """
      /**
         * With the weights that lie beside this class, the resource {@code WEIGHTS_FILE}.
         *
         * @throws Fault if there are none, or they do not fit the network
         */
        public static CLASS load() {
          try (InputStream weights = CLASS.class.getResourceAsStream(WEIGHTS)) {
            if (weights == null) {
              throw new Fault("there are no weights beside CLASS, where " + WEIGHTS + " would be", "CLASS.load(file) takes those of a file");
            }
            return of(network().withWeights(weights, WEIGHTS));
          } catch (IOException e) {
            throw new Fault(WEIGHTS + ": cannot be read: " + e.getMessage(), "", e);
          }
        }
      """;

  private static final String LOAD_NOTHING = """
      /** The network, which has no weights to learn. */
        public static CLASS load() {
          return of(network());
        }
      """;

  private static final String PREDICT = """
      /**
         * What the network says of an example.
         *
         * @throws Fault if a value does not fit, naming the input
         */
        public Output predict(Input example) {
          return output(predictor.predict(values(example)));
        }

        /**
         * What it says of several, together: faster than one by one.
         *
         * @throws Fault if a value does not fit, naming the example, from 0 on, and the input
         */
        public List<Output> predict(List<Input> examples) {
          return predictor.predictAll(examples.stream().map(CLASS::values).toList()).stream().map(CLASS::output).toList();
        }

        /** Likewise. */
        public Output[] predict(Input[] examples) {
          return predict(Arrays.asList(examples)).toArray(new Output[0]);
        }
      """;

  private static final String RELOAD = """
      /**
         * Has requests that begin from now on answered by the weights of a file; those that have begun end with the earlier ones.
         *
         * @throws Fault if the file does not fit; then nothing changes
         */
        public void reload(Path weights) {
          predictor.reload(weights);
        }

        /** What answers: for all that has no types here, such as whole batches of arrays, rows of CSV, and waiting for vector code. */
        public Predictor predictor() {
          return predictor;
        }

        /** The model that answers at present. */
        public Model model() {
          return predictor.model();
        }
      """;

  private final TypedNetwork network;
  private final StringBuilder out = new StringBuilder();

  private TypedSource(TypedNetwork network) {
    this.network = network;
  }

  /** The text of the file. */
  static String of(TypedNetwork network) {
    var source = new TypedSource(network);
    source.write();
    return source.out.toString();
  }

  private void write() {
    line("// Written by nnc from " + network.program() + ": what is changed here is lost when that is compiled again.");
    if (!network.packageName().isEmpty()) {
      line("package " + network.packageName() + ";");
    }
    line("");
    imports().forEach(name -> line("import " + name + ";"));
    line("");
    line("/**");
    if (network.about().isEmpty()) {
      line(" * The network of {@code " + network.program() + "}.");
    }
    network.about().forEach(said -> line(" * " + comment(said)));
    line(" *");
    line(" * <p>It may be shared by all threads. What is wrong with values or files is a {@link Fault}.");
    line(" */");
    line("public final class " + network.className() + " {");
    body();
    line("}");
  }

  private List<String> imports() {
    var names = new ArrayList<String>();
    if (network.learns()) {
      names.addAll(List.of("java.io.IOException", "java.io.InputStream"));
    }
    names.addAll(List.of("java.nio.file.Path", "java.util.Arrays", "java.util.LinkedHashMap", "java.util.List", "java.util.Map", "nnc.runtime.Model", "nnc.runtime.Prediction",
        "nnc.runtime.Predictor", "nnc.runtime.base.Fault"));
    return names;
  }

  private void body() {
    line("  private static final String NETWORK = " + literal(network.resource() + TypedClasses.NETWORK) + ";");
    if (network.learns()) {
      line("  private static final String WEIGHTS = " + literal(network.resource() + TypedClasses.WEIGHTS) + ";");
    }
    line("  private static Model network;");
    line("");
    line("  private final Predictor predictor;");
    line("");
    network.enums().forEach(this::classes);
    record("Input", "What the network is asked: an example.", network.inputs(), List.of());
    record("Output", "What it says of an example.", network.outputs(), network.byClass());
    line("  private " + network.className() + "(Model model) {");
    line("    predictor = Predictor.of(model);");
    line("  }");
    line("");
    part(HEAD);
    part(network.learns() ? LOAD : LOAD_NOTHING);
    spread();
    part(PREDICT);
    part(RELOAD);
    values();
    line("");
    output();
  }

  private void part(String text) {
    line("  " + text.replace("WEIGHTS_FILE", comment(network.resource() + TypedClasses.WEIGHTS)).replace("CLASS", network.className()));
  }

  // ---- types

  private void classes(NamedClasses classes) {
    var names = JavaNames.ofConstants();
    line("  /** The classes of {@code " + comment(classes.of()) + "}, each at the place of its number. */");
    line("  public enum " + classes.type() + " {");
    for (int i = 0; i < classes.labels().size(); i++) {
      line("    " + names.unique(JavaNames.constant(classes.labels().get(i), i), "_") + "(" + literal(classes.labels().get(i)) + ")" + (i < classes.labels().size() - 1 ? "," : ";"));
    }
    line("""

            private final String label;

            TYPE(String label) {
              this.label = label;
            }

            /** As the program writes it. */
            public String label() {
              return label;
            }

            /**
             * The class that the program writes so.
             *
             * @throws IllegalArgumentException if there is none
             */
            public static TYPE of(String label) {
              for (TYPE one : values()) {
                if (one.label.equals(label)) {
                  return one;
                }
              }
              throw new IllegalArgumentException("there is no class " + label + " of SOURCE, only " + Arrays.toString(values()));
            }

            @Override
            public String toString() {
              return label;
            }
          }
        """.replace("TYPE", classes.type()).replace("SOURCE", classes.of()));
  }

  private void record(String name, String what, List<Component> components, List<ByClass> byClass) {
    line("  /**");
    line("   * " + what);
    if (!components.isEmpty()) {
      line("   *");
    }
    for (var component : components) {
      var declared = component.declared().isEmpty() ? "" : "{@code " + code(component.declared()) + "}";
      var said = comment(component.doc());
      line("   * @param " + component.name() + " " + (said.isEmpty() ? declared.isEmpty() ? "{@code " + component.source() + "}" : declared
          : said + (declared.isEmpty() ? "" : " (" + declared + ")")));
    }
    line("   */");
    var head = "  public record " + name + "(" + parameters(components) + ") {";
    line(byClass.isEmpty() ? head + "}" : head);
    for (int i = 0; i < byClass.size(); i++) {
      var one = byClass.get(i);
      line("    /** The element of {@code " + one.component() + "} for a class. */");
      line("    public double " + one.component() + "(" + one.enumType() + " of) {");
      line("      return " + one.component() + "[of.ordinal()];");
      line("    }");
      line(i < byClass.size() - 1 ? "" : "  }");
    }
    line("");
  }

  private static String parameters(List<Component> components) {
    return components.stream().map(component -> component.type() + " " + component.name()).collect(Collectors.joining(", "));
  }

  // ---- methods

  private void spread() {
    line("  /**");
    line("   * What the network says of an example, given input by input: see {@link Input}.");
    line("   *");
    line("   * @throws Fault if a value does not fit, naming the input");
    line("   */");
    line("  public Output predict(" + parameters(network.inputs()) + ") {");
    line("    return predict(new Input(" + network.inputs().stream().map(Component::name).collect(Collectors.joining(", ")) + "));");
    line("  }");
    line("");
  }

  private void values() {
    line("  private static Map<String, Object> values(Input example) {");
    line("    Map<String, Object> values = new LinkedHashMap<>();");
    for (var input : network.inputs()) {
      line("    values.put(" + literal(input.source()) + ", example." + input.name() + "());");
    }
    line("    return values;");
    line("  }");
  }

  private void output() {
    line("  private static Output output(Prediction prediction) {");
    line("    return new Output(");
    for (int i = 0; i < network.outputs().size(); i++) {
      line("        " + network.outputs().get(i).value() + (i < network.outputs().size() - 1 ? "," : ");"));
    }
    line("  }");
  }

  private void line(String text) {
    out.append(text).append('\n');
  }

  // ---- texts of other languages in Java

  /** A text in quotes. */
  static String literal(String text) {
    var literal = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      switch (c) {
        case '"' -> literal.append("\\\"");
        case '\\' -> literal.append("\\\\");
        case '\n' -> literal.append("\\n");
        case '\t' -> literal.append("\\t");
        default -> literal.append(c < ' ' || c == 0x7f ? "\\" + String.format("%03o", (int) c) : String.valueOf(c));
      }
    }
    return literal.append('"').toString();
  }

  /** A text in a comment for javadoc, where it neither ends the comment nor is taken for a tag. */
  static String comment(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;").replace("*/", "*&#47;").replace("\\", "&#92;").replace("{", "&#123;").replace("}", "&#125;");
  }

  /** Likewise within {@code @code}, where entities stand for themselves. */
  private static String code(String text) {
    return text.replace("*/", "* /").replace("\\", "/").replace("{", "(").replace("}", ")");
  }
}

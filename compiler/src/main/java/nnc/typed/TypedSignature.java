package nnc.typed;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.Polynomials;
import nnc.typed.TypedNetwork.ByClass;
import nnc.typed.TypedNetwork.Component;
import nnc.typed.TypedNetwork.NamedClasses;

/** Which Java types a network's inputs and outputs have, and what they are called. */
final class TypedSignature {
  /** An enum's constants are made by one method, whose code is limited; whoever has more classes looks them up by their names anyway. */
  private static final int MOST_CONSTANTS = 1000;

  /** What a method may take, itself included. */
  private static final int MOST_PLACES = 254;

  /** A declaration that is longer says less. */
  private static final int LONGEST_DECLARATION = 90;

  private final ModelSpec spec;
  private final Plan plan;
  private final ProgramComments comments;
  private final JavaNames types;
  private final List<NamedClasses> enums = new ArrayList<>();

  private TypedSignature(ModelSpec spec, Plan plan, String className) {
    this.spec = spec;
    this.plan = plan;
    comments = ProgramComments.of(spec.source());
    types = JavaNames.ofTypes(className);
  }

  /**
   * Of a compiled program.
   *
   * @throws Fault if it predicts nothing, or has more inputs than a method can take
   */
  static TypedNetwork of(ModelSpec spec, String packageName, String className) {
    var plan = spec.plans().stream().filter(one -> one.name().equals("predict")).findFirst()
        .orElseThrow(() -> new Fault(spec.name() + ".nn has no outputs: there is nothing that a class could predict", "declare an output"));
    var signature = new TypedSignature(spec, plan, className);
    return signature.network(packageName, className);
  }

  private TypedNetwork network(String packageName, String className) {
    for (var feed : spec.inputs()) {
      if (hasEnum(feed) && (plan.inputs().containsKey(feed.name()) || plan.results().stream().anyMatch(result -> result.names().equals(feed.name())))) {
        enums.add(new NamedClasses(types.unique(JavaNames.type(feed.name()), "Class"), feed.name(), ((ColumnType.Listed) feed.column()).names()));
      }
    }
    var names = JavaNames.ofVariables();
    var inputs = spec.inputs().stream().filter(feed -> plan.inputs().containsKey(feed.name())).map(feed -> input(feed, names)).toList();
    int places = inputs.stream().mapToInt(Component::places).sum();
    if (places > MOST_PLACES) {
      throw new Fault(spec.name() + ".nn has " + inputs.size() + " inputs, more than a Java method can take", "make one input of several: input measures: float[N, "
          + inputs.size() + "]");
    }
    var byClass = new ArrayList<ByClass>();
    boolean learns = spec.weights().stream().anyMatch(weight -> weight.kind() == ModelSpec.WeightKind.PARAMETER || weight.kind() == ModelSpec.WeightKind.STATE);
    return new TypedNetwork(packageName, className, spec.name() + ".nn", spec.name(), comments.about(), learns, List.copyOf(enums), inputs, outputs(byClass), byClass);
  }

  /** Texts that stand for all others too have no name of their own, so that such inputs are texts. */
  private static boolean hasEnum(Feed feed) {
    return feed.column() instanceof ColumnType.Listed listed && !listed.other() && listed.names().size() <= MOST_CONSTANTS;
  }

  // ---- inputs

  private Component input(Feed feed, JavaNames names) {
    var shape = plan.inputs().get(feed.name()).shape();
    int rank = shape.size() - (isByRow(shape) ? 1 : 0);
    return new Component(feed.name(), names.unique(JavaNames.variable(feed.name()), "_"), inputType(feed, rank), "", doc(comments.inputs().get(feed.name())), declared(feed));
  }

  private String inputType(Feed feed, int rank) {
    var named = TypedNetwork.of(enums, feed.name());
    if (named.isPresent()) {
      return named.get().type() + "[]".repeat(rank);
    }
    return (feed.column().isText() ? "String" : rank == 0 ? scalar(feed.kind(), feed.column().hasGaps()) : element(feed.kind())) + "[]".repeat(rank);
  }

  private String declared(Feed feed) {
    var written = comments.declarations().getOrDefault(feed.name(), "");
    return written.isEmpty() || written.length() > LONGEST_DECLARATION ? Polynomials.text(feed.kind(), feed.shape(), feed.dims()) : written;
  }

  private static String scalar(ElementKind kind, boolean gaps) {
    return switch (kind) {
      case FLOAT -> gaps ? "Double" : "double";
      case INT -> gaps ? "Integer" : "int";
      case BOOL -> "boolean";
    };
  }

  /** Of arrays: numbers as the network has them. */
  private String element(ElementKind kind) {
    return switch (kind) {
      case FLOAT -> spec.precision() == 64 ? "double" : "float";
      case INT -> "int";
      case BOOL -> "boolean";
    };
  }

  private boolean isByRow(List<Poly> shape) {
    return plan.batch() >= 0 && !shape.isEmpty() && Polynomials.dimension(shape.get(0)) == plan.batch();
  }

  // ---- outputs

  private List<Component> outputs(List<ByClass> byClass) {
    var names = JavaNames.ofVariables();
    var components = new ArrayList<Component>();
    var results = plan.results().stream().filter(result -> result.role() == Role.OUTPUT).toList();
    for (var result : results) {
      var component = output(result, names);
      components.add(component);
      if (hasElementAClass(result)) {
        TypedNetwork.of(enums, result.names()).ifPresent(named -> byClass.add(new ByClass(component.name(), named.type())));
      }
    }
    for (var result : results) {
      // one that is the number of a class says which class it is
      if (hasElementAClass(result) && results.stream().noneMatch(other -> isClass(other) && other.names().equals(result.names()))) {
        components.add(chosen(result, results, names));
      }
    }
    return components;
  }

  private Component output(Result result, JavaNames names) {
    var shape = result.place().shape();
    int rank = shape.size() - (isByRow(shape) ? 1 : 0);
    var name = names.unique(JavaNames.variable(result.name()), "_");
    var tensor = "prediction.tensor(" + TypedSource.literal(result.name()) + ")";
    var doc = doc(comments.outputs().get(result.name()));
    var declared = Polynomials.text(result.kind(), shape, Polynomials.names(plan));
    if (isClass(result)) {
      return new Component(result.name(), name, classType(result), classOf(result), doc, "");
    } else if (hasElementAClass(result) && TypedNetwork.of(enums, result.names()).isEmpty()) {
      return new Component(result.name(), name, "Map<String, Double>", "prediction.byClass(" + TypedSource.literal(result.name()) + ")", doc, "");
    } else if (rank > 0) {
      var type = element(result.kind()) + "[]".repeat(rank);
      return new Component(result.name(), name, type, "(" + type + ") " + (rank == 1 ? tensor + ".data()" : tensor + ".toArrays()"), doc, declared);
    }
    var number = "prediction.number(" + TypedSource.literal(result.name()) + ")";
    return new Component(result.name(), name, scalar(result.kind(), false), switch (result.kind()) {
      case FLOAT -> number;
      case INT -> "(int) " + number;
      case BOOL -> number + " != 0";
    }, doc, "");
  }

  /** The class with the largest element of an output: called as the category is, if it has one such output. */
  private Component chosen(Result result, List<Result> results, JavaNames names) {
    boolean only = results.stream().filter(other -> hasElementAClass(other) && other.names().equals(result.names())).count() == 1;
    var wanted = only ? JavaNames.variable(result.names()) : JavaNames.variable(result.name() + "_" + result.names());
    return new Component(result.name(), names.unique(wanted, "_"), classType(result), classOf(result), "the class with the largest element of " + result.name(), "");
  }

  private String classType(Result result) {
    return TypedNetwork.of(enums, result.names()).map(NamedClasses::type).orElse("String");
  }

  private String classOf(Result result) {
    var text = "prediction.text(" + TypedSource.literal(result.name()) + ")";
    return TypedNetwork.of(enums, result.names()).map(named -> named.type() + ".of(" + text + ")").orElse(text);
  }

  /** Whether it is the number of one of a category's classes. */
  private boolean isClass(Result result) {
    var shape = result.place().shape();
    return result.kind() == ElementKind.INT && category(result).isPresent() && shape.size() == (isByRow(shape) ? 1 : 0);
  }

  /** Whether it has, of an example, an element a class. */
  private boolean hasElementAClass(Result result) {
    var shape = result.place().shape();
    return result.kind() == ElementKind.FLOAT && shape.size() == 2 && isByRow(shape) && Polynomials.isConstant(shape.get(1))
        && category(result).filter(feed -> feed.column().classes() > 1 && Polynomials.value(shape.get(1), new int[0]) == feed.column().classes()).isPresent();
  }

  /** The input or target of whose classes it speaks, if these have names. */
  private Optional<Feed> category(Result result) {
    return spec.inputs().stream().filter(feed -> feed.name().equals(result.names()) && (feed.column() instanceof ColumnType.Listed || feed.column() instanceof ColumnType.Learned)).findFirst();
  }

  private static String doc(List<String> lines) {
    return lines == null ? "" : String.join(" ", lines);
  }
}

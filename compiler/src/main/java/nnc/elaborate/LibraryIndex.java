package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.syntax.Ast;
import nnc.syntax.SourcePrinter;

/** What a program may name without declaring it, as the reference tells of it: the library's definitions, the compiler's own functions, sources and settings. */
public final class LibraryIndex {
  private LibraryIndex() {}

  /** What a name is. */
  public enum Kind {
    FUNCTION, LAYER, OPTIMIZER, INITIALISER, VALUE, SOURCE, SETTING
  }

  /**
   * Something that is passed on.
   *
   * @param type      what it may be, in words; empty if nothing is said of it but by the text
   * @param otherwise what it is if left out, as it is written; none if it has to be given
   */
  public record Parameter(String name, String type, Optional<String> otherwise) {}

  /**
   * A name.
   *
   * @param call       how it is called, without types of arguments
   * @param parameters that are no arrays which a layer is applied to
   * @param comment    what documents it; empty if it is a part of others
   * @param text       its definition in the language; empty if it has none
   */
  public record Definition(String name, Kind kind, Topic topic, String call, List<Parameter> parameters, String comment, String text) {}

  /** All of them; those of the library first, in the order of its text. */
  public static List<Definition> all() {
    var all = new ArrayList<Definition>();
    for (var file : LibraryText.ALL) {
      file.definitions().values().forEach(definition -> all.add(of(definition)));
    }
    Builtins.all().stream().map(LibraryIndex::of).forEach(all::add);
    for (var doc : SpecialDocs.NAMES) {
      all.add(new Definition(doc.name(), Kind.VALUE, doc.topic(), doc.name(), List.of(), doc.text(), ""));
    }
    SourceCalls.calls().forEach((name, call) -> all.add(new Definition(name, Kind.SOURCE, Topic.SOURCES, call.text(), parameters(call), comment(SourceDocs.ALL, name), "")));
    for (var name : BlockSettings.all()) {
      all.add(new Definition(name, Kind.SETTING, Topic.SETTINGS, name + " = ...", List.of(), comment(SettingDocs.ALL, name), ""));
    }
    return all;
  }

  /** What is documented and is not there. */
  public static List<String> stale() {
    var there = all().stream().map(Definition::name).collect(Collectors.toSet());
    return docs().map(BuiltinDoc::name).filter(name -> !there.contains(name)).toList();
  }

  private static Stream<BuiltinDoc> docs() {
    return Stream.of(PointwiseDocs.ALL, WholeDocs.ALL, ReduceDocs.ALL, ShapeDocs.ALL, SpecialDocs.ALL, InitialiserDocs.ALL, SourceDocs.ALL, SettingDocs.ALL).flatMap(List::stream);
  }

  private static String comment(List<BuiltinDoc> docs, String name) {
    return docs.stream().filter(doc -> doc.name().equals(name)).findFirst().map(BuiltinDoc::text).orElse("");
  }

  private static Definition of(LibraryText.Definition definition) {
    return switch (Prelude.statement(definition)) {
      case Ast.Fn(var name, var parameters, _, _, _, _) -> of(definition, Kind.FUNCTION, call(name, parameters), parameters);
      case Ast.Layer(var name, var hyper, var tensors, var results, _, _) -> of(definition, Kind.LAYER, call(name, hyper) + applied(tensors)
          + (results.isEmpty() ? "" : " -> " + results.stream().map(SourcePrinter::type).collect(Collectors.joining(", "))), hyper);
      case Ast.Optimizer(var name, var hyper, var tensors, _, _) -> of(definition, Kind.OPTIMIZER, call(name, hyper), hyper);
      case Ast.Statement other -> throw new IllegalStateException("the library has no statements such as " + other);
    };
  }

  private static Definition of(LibraryText.Definition definition, Kind kind, String call, List<Ast.Parameter> parameters) {
    return new Definition(definition.name(), kind, definition.file().topic(), call, parameters.stream().map(LibraryIndex::parameter).toList(), definition.comment(),
        definition.text().strip());
  }

  private static Definition of(Builtin builtin) {
    var doc = Stream.of(PointwiseDocs.ALL, WholeDocs.ALL, ReduceDocs.ALL, ShapeDocs.ALL, SpecialDocs.ALL, InitialiserDocs.ALL).flatMap(List::stream)
        .filter(one -> one.name().equals(builtin.name())).findFirst();
    var topic = doc.map(BuiltinDoc::topic).orElse(Topic.ARGUMENTS);
    var kind = topic == Topic.INITIALISERS && !builtin.name().equals("weight") ? Kind.INITIALISER : Kind.FUNCTION;
    return new Definition(builtin.name(), kind, topic, call(builtin.name(), builtin.parameters()), builtin.parameters().stream().map(LibraryIndex::builtinParameter).toList(),
        doc.map(BuiltinDoc::text).orElse(""), "");
  }

  // ---- how it is called

  private static String call(String name, List<Ast.Parameter> parameters) {
    return name + parameters.stream().map(LibraryIndex::written).collect(Collectors.joining(", ", "(", ")"));
  }

  /** Of a builtin, what may be left out has no value in its place: the text says what it is then. */
  private static String written(Ast.Parameter parameter) {
    return parameter.name() + (parameter.rest() ? "..." : parameter.defaultValue().map(value -> isBuiltins(parameter) ? "?" : " = " + value(value)).orElse(""));
  }

  /** With small numbers as people write them: 1e-8. */
  private static String value(Ast.Expr value) {
    return SourcePrinter.expr(value).replaceAll("(\\d)\\.0E|(\\d)E", "$1$2e");
  }

  private static boolean isBuiltins(Ast.Parameter parameter) {
    return parameter.span().equals(nnc.source.Span.NONE);
  }

  private static String applied(List<Ast.Parameter> tensors) {
    return tensors.stream().map(tensor -> tensor.name() + tensor.type().map(type -> ": " + SourcePrinter.type(type)).orElse("")
        + tensor.defaultValue().map(value -> " = " + SourcePrinter.expr(value)).orElse("")).collect(Collectors.joining(", ", "(", ")"));
  }

  private static Parameter parameter(Ast.Parameter parameter) {
    return new Parameter(parameter.name(), type(parameter), parameter.defaultValue().map(LibraryIndex::value));
  }

  private static Parameter builtinParameter(Ast.Parameter parameter) {
    return new Parameter(parameter.name(), type(parameter), parameter.defaultValue().map(_ -> "").or(() -> parameter.rest() ? Optional.of("") : Optional.empty()));
  }

  private static String type(Ast.Parameter parameter) {
    return parameter.type().map(type -> ArgumentType.is(type) ? ArgumentType.of(type).text() + (type.dims().isEmpty() ? "" : ", or a list of such") : SourcePrinter.type(type)).orElse("");
  }

  private static List<Parameter> parameters(SourceCalls.Call call) {
    var parameters = new ArrayList<Parameter>();
    for (var name : call.names()) {
      parameters.add(new Parameter(name, "", parameters.size() < call.required() ? Optional.empty() : Optional.of("")));
    }
    return parameters;
  }
}

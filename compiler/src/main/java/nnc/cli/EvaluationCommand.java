package nnc.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.elaborate.OutputUse;
import nnc.report.EvaluationReport;
import nnc.report.HtmlReport;
import nnc.report.JsonReport;
import nnc.report.TextReport;
import nnc.runtime.base.Json;
import nnc.runtime.cli.Judge;
import nnc.runtime.cli.ModelMain;
import nnc.runtime.cli.Session;
import nnc.runtime.files.AtomicFile;

/** {@code nnc evaluate}: the jar's command, with reports on outputs beside losses and metrics. */
final class EvaluationCommand implements ExtendedCommand {
  private static final RunCommand PLAIN = new RunCommand("evaluate", "evaluate", false, "Computes loss and metrics on the test data; --report tells more of its outputs.");

  private static final List<Option> OWN = List.of(
      new Option("--report", "[FILE]", "judges outputs by targets: printed, or in a file .html or .json; may be repeated"),
      new Option("--match", "OUTPUT=TARGET", "which target an output is judged by, where the program does not say; may be repeated"));

  @Override
  public RunCommand plain() {
    return PLAIN;
  }

  @Override
  public List<Option> own() {
    return OWN;
  }

  @Override
  public int run(CommandLine given) {
    if (!given.has("--report")) {
      if (given.has("--match")) {
        throw new WrongUsage("--match goes with --report");
      }
      return PLAIN.run(given);
    }
    boolean json = given.rest().contains("--json");
    return Faults.guard(json, () -> {
      var files = given.all("--report").stream().filter(file -> !file.isEmpty()).map(EvaluationCommand::file).toList();
      files.forEach(AtomicFile::probe);
      var told = given.pairs("--match");
      var program = SourceOptions.file(given);
      if (VectorStart.gains()) {
        return VectorStart.run(name(), given, program);
      }
      var prepared = prepare(given);
      var session = new Session(Compiler.load(prepared.compiled()), prepared.caller(), null, System.out, System.err, false, null);
      return ModelMain.evaluate(prepared.arguments(), session,
          (evaluated, seed, threads) -> tell(report(evaluated, prepared.outputs(), told, new EvaluationReport.Run(seed, threads)), files, json));
    });
  }

  private static Path file(String name) {
    var small = name.toLowerCase(Locale.ROOT);
    if (Stream.of(".html", ".htm", ".json").noneMatch(small::endsWith)) {
      throw new WrongUsage("--report " + name + ": a report is a file .html or .json, or without a name printed");
    }
    return SourceOptions.path("--report", name);
  }

  private static EvaluationReport report(Judge.Evaluated evaluated, List<OutputUse> outputs, Map<String, String> told, EvaluationReport.Run run) {
    return EvaluationReport.of(new EvaluationReport.Question(evaluated.model(), outputs, told), evaluated.part(), evaluated.table(), evaluated.figures(), run);
  }

  private static void tell(EvaluationReport report, List<Path> files, boolean json) {
    for (var file : files) {
      var text = file.toString().toLowerCase(Locale.ROOT).endsWith(".json") ? JsonReport.of(report) + "\n" : HtmlReport.of(report);
      AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
      System.out.println(json ? new Json().put("event", "saved").put("file", file.toString()).toString() : "saved " + file);
    }
    if (files.isEmpty() && json) {
      System.out.println(JsonReport.of(report));
    } else if (files.isEmpty()) {
      TextReport.print(report, System.out);
    }
  }
}

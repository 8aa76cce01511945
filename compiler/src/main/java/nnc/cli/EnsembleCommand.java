package nnc.cli;

import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import nnc.Compiler;
import nnc.driver.Compilation;
import nnc.elaborate.Members;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.runtime.files.NetworkJar;
import nnc.search.EnsembleWeights;

/** {@code nnc ensemble}. */
final class EnsembleCommand implements Command {
  @Override
  public String name() {
    return "ensemble";
  }

  @Override
  public String help() {
    return "Makes one jar of several trainings of a program, which predicts the mean of what they do.";
  }

  @Override
  public List<Option> options() {
    return SourceOptions.with(new Option("-o", "FILE.jar", "the jar (NAME-ensemble.jar)"),
        new Option("--vote", "", "of outputs that choose among classes: each member has one vote, in place of its probabilities"),
        new Option("--json", "", "prints the result, and each fault or warning, as a JSON object on a line"));
  }

  @Override
  public boolean open() {
    return true;
  }

  @Override
  public void moreHelp() {
    System.out.println();
    System.out.println("usage: nnc ensemble FILE.nn A.npz B.npz ... -o FILE.jar; in place of weights also jars that hold them");
  }

  @Override
  public int run(CommandLine given) {
    boolean json = given.has("--json");
    return Faults.guard(json, () -> {
      var file = SourceOptions.file(given);
      var members = given.rest().stream().map(EnsembleCommand::member).map(name -> SourceOptions.path("WEIGHTS", name)).toList();
      if (members.size() < 2) {
        throw new WrongUsage("an ensemble has at least two members: nnc ensemble FILE.nn A.npz B.npz ...");
      }
      var plain = Compiler.compileForJar(file, SourceOptions.of(given));
      Faults.tell(plain.warnings(), json);
      if (plain.spec().weights().isEmpty()) {
        throw new Fault(file + ": it learns nothing, so its members do not differ");
      }
      var combination = given.has("--vote") ? Members.Combination.VOTE : Members.Combination.MEAN;
      var compiled = new Compilation(file, SourceOptions.of(given)).compileForJar(new Members(members.size(), combination));
      var model = EnsembleWeights.of(Compiler.load(compiled), Compiler.load(plain), members);
      var jar = SourceOptions.path("-o", given.one("-o", plain.spec().name() + "-ensemble.jar"));
      NetworkJar.keepOthers(jar);
      Compiler.writeJar(compiled, jar, model.bundled());
      System.out.println(json ? new Json().put("event", "saved").put("file", jar.toString()).put("members", (long) members.size()).toString()
          : "saved " + jar + ": " + members.size() + " members, " + Files.size(jar) / 1000 + " kB");
      return 0;
    });
  }

  private static String member(String name) {
    var small = name.toLowerCase(Locale.ROOT);
    if (name.startsWith("-") || !small.endsWith(".npz") && !small.endsWith(".jar")) {
      throw new WrongUsage((name.startsWith("-") ? "unknown option " + name : "unexpected argument '" + name + "'") + ": members are files .npz or .jar");
    }
    return name;
  }
}

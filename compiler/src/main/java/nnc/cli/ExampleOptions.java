package nnc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nnc.Compiler;
import nnc.driver.Compilation;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.explain.example.Blame;
import nnc.explain.example.Example;
import nnc.explain.example.ExampleStages;
import nnc.explain.example.GradientSource;
import nnc.explain.example.WalkthroughJson;
import nnc.explain.example.WalkthroughLatex;
import nnc.explain.example.WalkthroughSvg;
import nnc.explain.example.WalkthroughText;

/** What {@code nnc explain} tells of one example, and of the way back as a program. */
final class ExampleOptions {
  private ExampleOptions() {}

  private static final String NUMBERS = "--numbers", BLAME = "--blame", GRADIENT = "--gradient";

  static List<Option> all() {
    var all = new ArrayList<>(List.of(
        new Option(NUMBERS, "", "one example on its way forward and back: each layer's numbers, the loss, all gradients"),
        new Option(BLAME, "", "by how much each number of one example would have to change for the loss to fall"),
        new Option(GRADIENT, "", "prints the backward pass as a program: the loss and its gradient by each parameter"),
        new Option("--as", "FORM", "of --numbers: text, markdown, latex or svg (default: text)"),
        new Option("-o", "FILE", "where what is told of an example goes (default: here)"),
        new Option("--by", "X", "of --blame: by how much the loss is to fall (default: 0.1)"),
        new Option("--top", "N", "of --blame: how many numbers of each kind are named (default: 5)"),
        new Option("--step", "N", "of --gradient: of a training by several steps the one that is printed (default: 1)")));
    all.addAll(ExampleFeed.OPTIONS);
    return all;
  }

  static boolean asked(CommandLine given) {
    return given.has(NUMBERS) || given.has(BLAME) || given.has(GRADIENT);
  }

  /** Tells what was asked for. */
  static void tell(CommandLine given, Path file) throws FaultyProgram, IOException {
    if (List.of(NUMBERS, BLAME, GRADIENT).stream().filter(given::has).count() > 1) {
      throw new WrongUsage(NUMBERS + ", " + BLAME + " and " + GRADIENT + " are asked for one at a time");
    }
    var text = given.has(GRADIENT) ? gradient(given, file) : given.has(BLAME) ? blame(given, file) : numbers(given, file);
    if (given.has("-o")) {
      Files.writeString(SourceOptions.path("-o", given.one("-o", "")), text);
    } else {
      System.out.print(text);
    }
  }

  private static String gradient(CommandLine given, Path file) throws FaultyProgram {
    var traced = new Compilation(file, SourceOptions.of(given)).trace(Purpose.GRADIENT);
    return GradientSource.of(file.getFileName().toString(), traced, Numbers.count(given, "--step", 1, 1) - 1);
  }

  private static Example example(CommandLine given, Path file) throws FaultyProgram {
    var options = SourceOptions.of(given);
    var compiled = new Compilation(file, options).compile(List.of(Purpose.PREDICT, Purpose.EVALUATE));
    Faults.tell(compiled.warnings(), given.has("--json"));
    var model = Compiler.load(compiled);
    var weights = given.has("--weights") ? model.withWeights(SourceOptions.path("--weights", given.one("--weights", ""))) : model.initialised(Numbers.count(given, "--seed", 0, 0));
    return ExampleFeed.of(given, file, weights, new Compilation(file, options).trace(Purpose.EVALUATE));
  }

  private static String numbers(CommandLine given, Path file) throws FaultyProgram {
    var form = Numbers.word(given, "--as", "text", List.of("text", "markdown", "latex", "svg"));
    var walk = ExampleStages.of(file.getFileName() + ", one example", example(given, file));
    return given.has("--json") ? WalkthroughJson.of(walk) : switch (form) {
      case "markdown" -> WalkthroughLatex.markdown(walk);
      case "latex" -> WalkthroughLatex.document(walk);
      case "svg" -> WalkthroughSvg.of(walk);
      default -> WalkthroughText.of(walk);
    };
  }

  private static String blame(CommandLine given, Path file) throws FaultyProgram {
    double fall = number(given, "--by", 0.1);
    var blame = Blame.of(example(given, file), fall, Numbers.count(given, "--top", 5, 1));
    return given.has("--json") ? blame.json() : blame.text();
  }

  private static double number(CommandLine given, String name, double otherwise) {
    try {
      double number = Double.parseDouble(given.one(name, "" + otherwise));
      if (Double.isFinite(number) && number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new WrongUsage(name + " is a number above 0, not '" + given.one(name, "") + "'");
  }
}

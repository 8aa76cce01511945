package nnc.cli;

import java.util.List;
import java.util.Map;

/**
 * Examples of commands, each of their options among them. A test runs them, in a folder where {@code points.nn} is a network of points of the plane, {@code digits.nn} one of
 * small pictures, {@code drawn.nn} a program of draws and {@code sums.nn} one without weights.
 */
final class CommandExamples {
  private CommandExamples() {}

  private static final Map<String, List<String>> BY_COMMAND = Map.ofEntries(
      Map.entry("check", List.of(
          "nnc check points.nn --json",
          "nnc check points.nn --sandbox")),
      Map.entry("diff", List.of(
          "nnc diff points.nn points.npz -D width=16 --precision f32",
          "nnc diff points.nn points.jar -o map.txt --json")),
      Map.entry("verify", List.of(
          "nnc verify points.jar",
          "nnc verify trained.jar --json")),
      Map.entry("compile", List.of(
          "nnc compile points.nn -o points.jar",
          "nnc compile points.nn --output points.jar -D width=16 --precision f64 --without fusion --json",
          "nnc compile points.nn -o trained.jar --weights points.npz",
          "nnc compile points.nn --max-memory 500M -o points.jar",
          "nnc compile points.nn --after dead-code-elimination -o points.jar",
          "nnc compile points.nn --serve --weights points.npz -o service.jar",
          "nnc compile points.nn --thin -o thin.jar",
          "nnc compile points.nn --image points-image")),
      Map.entry("java", List.of(
          "nnc java points.nn -o sources --package com.example",
          "nnc java points.nn -o sources --resources resources --class Circle --weights points.npz --encoding US-ASCII --stamp java.txt --json",
          "nnc java networks -o sources --include p*.nn --exclude part.nn")),
      Map.entry("fit", List.of(
          "nnc fit points.nn -o fitted.npz --at-least accuracy=0.1 --at-most loss=9 --on test --data . --threads 1 --cache cache --stamp fit.txt",
          "nnc fit points.nn -o fitted.npz --seed 1 --epochs 3 --batch 20 --json",
          "nnc fit notes.nn -o notes.npz --seed 1 --tokens 60 --on train")),
      Map.entry("train", List.of(
          "nnc train points.nn --epochs 3 --batch 20 --seed 1 --out points.npz",
          "nnc train points.nn --data . --threads 1 --init points.npz --out tuned.npz --json",
          "nnc train points.nn --init points.npz --map names.txt --out tuned.npz",
          "nnc train notes.nn --tokens 60 --epochs 1 --memory 1G --out notes.npz",
          "nnc train points.nn --epochs 5 --resume points.npz",
          "nnc train points.nn --epochs 5 --early-stopping 2 --min-delta 0.001 --out points.npz",
          "nnc train points.nn --out kept.npz --checkpoint-steps 5 --checkpoint-minutes 1 --keep 2 --log run.csv --log-steps 2",
          "nnc train points.nn --init points.npz --out points.npz --force",
          "nnc train points.nn --pictures points-pictures --tensorboard events",
          "nnc train points.nn --watch 8899")),
      Map.entry("evaluate", List.of(
          "nnc evaluate points.nn --weights points.npz --on test --seed 1 --threads 1 --data .",
          "nnc evaluate points.nn --weights points.npz --report report.html --match probability=label",
          "nnc evaluate points.nn --weights points.npz --in inputs.npz --json")),
      Map.entry("predict", List.of(
          "nnc predict points.nn --weights points.npz --in inputs.npz --out outputs.npz --batch 16 --seed 1 --threads 1",
          "nnc predict points.nn --weights points.npz --in inputs.npz --out outputs.npz --force",
          "nnc predict sums.nn --row a=1,b=2 --json",
          "nnc predict drawn.nn --count 3 --out drawn.npz")),
      Map.entry("serve", List.of(
          "nnc serve points.nn --weights points.npz --port 8080 --name circle --model sums=sums.jar",
          "nnc serve points.nn --weights points.npz --host 0.0.0.0 --max-body 1000000 --max-rows 100 --max-requests 64 --timeout 5",
          "nnc serve points.nn --weights points.npz --batch 64 --delay 2 --parallel 1 --threads 2 --watch 10 --warm-up 20 --grace 5 --drain 20 --json")),
      Map.entry("summary", List.of(
          "nnc summary points.nn --json")),
      Map.entry("parameters", List.of(
          "nnc parameters points.nn --json")),
      Map.entry("bench", List.of(
          "nnc bench points.nn --on predict --batch 16 --threads 1 --seconds 0.1 --json")),
      Map.entry("profile", List.of(
          "nnc profile points.nn --on train --batch 16 --threads 1 --seconds 0.1 --all --json")),
      Map.entry("gradcheck", List.of(
          "nnc gradcheck points.nn --noise --batch 4 --elements 5 --seed 1",
          "nnc gradcheck points.nn --weights points.npz --data . --json")),
      Map.entry("explain", List.of(
          "nnc explain points.nn --purpose predict --loops --batch 16 --threads 1",
          "nnc explain points.nn --measure --seconds 0.1 --svg kernels.svg",
          "nnc explain points.nn --json",
          "nnc explain points.nn --numbers --as markdown -o numbers.md",
          "nnc explain points.nn --blame --by 0.1 --top 3 --feed point=1,2 --feed label=1",
          "nnc explain points.nn --numbers --in inputs.npz --example 2 --weights points.npz --data . --seed 1",
          "nnc explain points.nn --gradient --step 1")),
      Map.entry("graph", List.of(
          "nnc graph points.nn -o points.svg --backward --depth 1 -D width=16",
          "nnc graph points.nn --dot --nodes")),
      Map.entry("preview", List.of(
          "nnc preview digits.nn -o grid.png --show varied --rows 2 --columns 4 --in digits.npz --seed 1")),
      Map.entry("show", List.of(
          "nnc show points.nn --weights points.npz -o shown --layer h --on test --examples 20 --threads 1 --data .")),
      Map.entry("sweep", List.of(
          "nnc sweep points.nn -D rate=log(1e-3..1e-1) --search random --trials 2 --seeds 1 --epochs 1 --metric loss --better lower --out swept --keep 1 --jar",
          "nnc sweep points.nn -D rate=log(1e-3..1e-1) --points 2 --refine 1 --epochs 1 --parallel 1 --threads 1 --on validate --seed 1 --data . --out refined --json",
          "nnc sweep points.nn -D rate=log(1e-3..1e-1) --trials 2 --spark local[2] --out apart")),
      Map.entry("rate", List.of(
          "nnc rate points.nn --from 1e-4 --to 1 --steps 20 --seed 1 --threads 1 --svg rate.svg",
          "nnc rate points.nn --constant rate --steps 20 --data . --json")),
      Map.entry("crossvalidate", List.of(
          "nnc crossvalidate points.nn --folds 2 --seed 1 --seeds 1 --epochs 1 --stratify label --parallel 1 --threads 1",
          "nnc crossvalidate points.nn --folds 2 --epochs 1 --group label --data . --json")),
      Map.entry("ensemble", List.of(
          "nnc ensemble points.nn points.npz tuned.npz -o both.jar",
          "nnc ensemble points.nn points.npz tuned.npz -o both.jar --vote --json")),
      Map.entry("race", List.of(
          "nnc race --surface beale --optimizers sgd,adam --steps 50 --start 1,1 --area -2,4,-2,4 -o race.svg",
          "nnc race --surface x^2+y^2 --steps 20 --json")),
      Map.entry("help", List.of(
          "nnc help conv2d",
          "nnc help adam --json")),
      Map.entry("import", List.of(
          "nnc import model.onnx -o model.nn -D batch=1")),
      Map.entry("playground", List.of(
          "nnc playground points.nn --port 8080 --no-browser")),
      Map.entry("jar bundle", List.of(
          "java -jar points.jar bundle --weights points.npz -o whole.jar",
          "java -jar points.jar bundle --weights points.npz -o whole.jar --force")),
      Map.entry("jar check", List.of(
          "java -jar points.jar check --noise")),
      Map.entry("jar info", List.of(
          "java -jar points.jar info --json",
          "java -jar points.jar info --source",
          "java -jar points.jar info --weights points.npz")));

  /** Of a command; none if it is not known. */
  static List<String> of(String command) {
    return BY_COMMAND.getOrDefault(command, List.of());
  }
}

package nnc.weights;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.runtime.base.Tensor;

/**
 * Which arrays of a file a program's weights are: those that a map says, those of the same path, those of modules called as the layer is, and of the rest those of
 * the only module that fits by its arrays' names and shapes; of several the one whose name has words of the layer's, or in their order.
 */
final class WeightMatching {
  /** Why it is this array. */
  enum Reason {
    MAP, PATH, NAME, SHAPE, WORDS, ORDER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a weight is made of. */
  record Match(ArrayOrigin origin, Reason reason) {}

  /** A module of the file that has what a layer wants: what each of its weights is made of. */
  private record Candidate(String module, Map<String, ArrayOrigin> origins) {
    /** The order in which people count: {@code layer.2} before {@code layer.10}; of stacked recurrences the first one first. */
    String key() {
      return counted(origins.values().stream().map(ArrayOrigin::toString).sorted().collect(Collectors.joining(" ")));
    }
  }

  private static final Pattern NUMBER = Pattern.compile("[0-9]+"), WORD = Pattern.compile("[a-z]+|[0-9]+");

  private final Map<String, Tensor> arrays;
  private final Map<String, Integer> order = new LinkedHashMap<>();
  private final Map<String, Match> matches = new LinkedHashMap<>();
  private final Set<String> used = new HashSet<>();
  private final boolean sorted;

  private WeightMatching(Map<String, Tensor> arrays) {
    this.arrays = arrays;
    arrays.keySet().forEach(name -> order.put(name, order.size()));
    var names = List.copyOf(arrays.keySet());
    sorted = names.equals(names.stream().sorted().toList());
  }

  /**
   * By the weight's path what it is made of; weights of which nothing is known are not in it.
   *
   * @param said what a map says, by path
   */
  static Map<String, Match> of(List<TargetLayer> layers, Map<String, Tensor> arrays, Map<String, ArrayOrigin> said) {
    var matching = new WeightMatching(arrays);
    said.forEach((path, origin) -> matching.take(path, origin, Reason.MAP));
    var weights = TargetLayer.weights(layers);
    weights.forEach((path, shape) -> {
      if (!matching.matches.containsKey(path) && ArrayOrigin.of(path).fits(arrays, shape)) {
        matching.take(path, ArrayOrigin.of(path), Reason.PATH);
      }
    });
    var open = new ArrayList<>(layers.stream().filter(layer -> layer.shapes().keySet().stream().anyMatch(name -> !matching.matches.containsKey(layer.full(name)))).toList());
    open.removeIf(matching::byName);
    var groups = open.stream().collect(Collectors.groupingBy(WeightMatching::signature, LinkedHashMap::new, Collectors.toList()));
    // layers with more weights first: of what those are made, others may be made too
    groups.values().stream().sorted(Comparator.comparing((List<TargetLayer> group) -> -group.getFirst().shapes().size())).forEach(matching::byShape);
    var inOrder = new LinkedHashMap<String, Match>();
    weights.keySet().forEach(path -> {
      if (matching.matches.containsKey(path)) {
        inOrder.put(path, matching.matches.get(path));
      }
    });
    return inOrder;
  }

  private void take(String path, ArrayOrigin origin, Reason reason) {
    matches.put(path, new Match(origin, reason));
    origin.parts().forEach(part -> used.add(part.toString()));
  }

  private void take(TargetLayer layer, Candidate candidate, Reason reason) {
    candidate.origins.forEach((name, origin) -> take(layer.full(name), origin, reason));
  }

  /** Layers that are interchangeable by what they want. */
  private static String signature(TargetLayer layer) {
    return layer.kind() + layer.shapes() + (layer.path().endsWith(".backward") ? " backward" : "");
  }

  // ---- a module that is called as the layer is

  private boolean byName(TargetLayer layer) {
    var name = called(modulePath(layer));
    var candidates = candidates(layer);
    var exact = candidates.stream().filter(candidate -> called(candidate.module).equals(name)).toList();
    var ending = candidates.stream().filter(candidate -> called(candidate.module).endsWith("." + name)).toList();
    var chosen = exact.isEmpty() && isGiven(layer) ? ending : exact;
    if (chosen.size() == 1 && !name.isEmpty()) {
      take(layer, chosen.getFirst(), Reason.NAME);
      return true;
    }
    return false;
  }

  /** Whether somebody has called it so: others are called after their kind, and numbered. */
  private static boolean isGiven(TargetLayer layer) {
    var last = modulePath(layer).replaceFirst("^.*\\.", "");
    return layer.kind().isEmpty() || !last.matches(Pattern.quote(layer.kind().replaceFirst("_cell$", "")) + "(_?[0-9]+)?");
  }

  /** A recurrence's directions are one module elsewhere. */
  private static String modulePath(TargetLayer layer) {
    return layer.kind().endsWith("_cell") ? layer.path().replaceFirst("\\.?(forward|backward)$", "") : layer.path();
  }

  private static String called(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '.');
  }

  // ---- what fits

  private List<Candidate> candidates(TargetLayer layer) {
    return layer.kind().isEmpty() ? arraysOf(layer.shapes().get("")) : modules().stream().flatMap(module -> candidates(layer, module)).toList();
  }

  /** All names that are in front of a dot, and the empty one. */
  private Set<String> modules() {
    var modules = new LinkedHashSet<String>();
    modules.add("");
    for (var name : arrays.keySet()) {
      for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
        modules.add(name.substring(0, dot));
      }
    }
    return modules;
  }

  private Stream<Candidate> candidates(TargetLayer layer, String module) {
    return LayerRecipes.of(layer).stream().map(way -> candidate(layer, module, way)).filter(Objects::nonNull);
  }

  /** What a way comes to in a module; null if something is not there, or of another shape, or used already. */
  private Candidate candidate(TargetLayer layer, String module, Map<String, ArrayOrigin> way) {
    var origins = new LinkedHashMap<String, ArrayOrigin>();
    for (var weight : layer.shapes().entrySet()) {
      if (matches.containsKey(layer.full(weight.getKey()))) {
        continue;
      }
      var template = way.get(weight.getKey());
      var origin = template == null ? null : new ArrayOrigin(template.parts().stream()
          .map(part -> new ArrayOrigin.Part(module.isEmpty() ? part.name() : module + "." + part.name(), part.from(), part.to())).toList(), template.transposed());
      if (origin == null || !origin.fits(arrays, weight.getValue()) || origin.parts().stream().anyMatch(part -> used.contains(part.toString()))) {
        return null;
      }
      origins.put(weight.getKey(), origin);
    }
    return new Candidate(module, origins);
  }

  /** For a weight that the program declares itself: arrays of its shape. Whether a square matrix called weight is transposed nobody can tell, and it is left to a map. */
  private List<Candidate> arraysOf(List<Integer> shape) {
    boolean square = shape.size() == 2 && shape.get(0).equals(shape.get(1));
    return arrays.keySet().stream().filter(name -> !used.contains(name) && !(square && name.matches("(.*\\.)?weight"))).flatMap(name -> Stream.of(ArrayOrigin.of(name), ArrayOrigin.transposed(name))
        .filter(origin -> origin.fits(arrays, shape)).limit(1).map(origin -> new Candidate(name, Map.of("", origin)))).toList();
  }

  private void byShape(List<TargetLayer> group) {
    var candidates = new ArrayList<>(candidates(group.getFirst()));
    candidates.sort(sorted ? Comparator.comparing(Candidate::key) : Comparator.comparing(this::place));
    if (group.size() == 1 && candidates.size() == 1) {
      take(group.getFirst(), candidates.getFirst(), Reason.SHAPE);
    } else if (!byWords(group, candidates) && group.size() == candidates.size()) {
      for (int i = 0; i < group.size(); i++) {
        take(group.get(i), candidates.get(i), Reason.ORDER);
      }
    }
  }

  private int place(Candidate candidate) {
    return candidate.origins.values().stream().flatMap(origin -> origin.parts().stream()).mapToInt(part -> order.get(part.name())).min().orElse(0);
  }

  private static String counted(String name) {
    return NUMBER.matcher(name).replaceAll(number -> "0".repeat(Math.max(0, 9 - number.group().length())) + number.group());
  }

  /** Each layer's candidate with most words in common, if that is one for each, and another for each. */
  private boolean byWords(List<TargetLayer> group, List<Candidate> candidates) {
    var chosen = new LinkedHashMap<TargetLayer, Candidate>();
    for (var layer : group) {
      var scores = candidates.stream().collect(Collectors.groupingBy(candidate -> common(words(given(layer)), words(candidate.module))));
      int best = scores.keySet().stream().max(Comparator.naturalOrder()).orElse(0);
      if (best == 0 || scores.get(best).size() > 1 || chosen.containsValue(scores.get(best).getFirst())) {
        return false;
      }
      chosen.put(layer, scores.get(best).getFirst());
    }
    chosen.forEach((layer, candidate) -> take(layer, candidate, Reason.WORDS));
    return true;
  }

  /** What of a layer's path somebody has chosen. */
  private static String given(TargetLayer layer) {
    var path = modulePath(layer);
    return isGiven(layer) ? path : path.substring(0, Math.max(0, path.lastIndexOf('.')));
  }

  private static List<String> words(String name) {
    return WORD.matcher(name.toLowerCase(Locale.ROOT)).results().map(match -> match.group()).toList();
  }

  /** Words that both have; numbers count where a word does. */
  private static int common(List<String> a, List<String> b) {
    var both = new HashSet<>(a);
    both.retainAll(b);
    return both.stream().allMatch(word -> Character.isDigit(word.charAt(0))) ? 0 : both.size();
  }

  /** The arrays that no weight is made of, of those that could be weights. */
  static List<String> left(Map<String, Tensor> arrays, Map<String, Match> matches) {
    var taken = matches.values().stream().flatMap(match -> match.origin.parts().stream()).map(ArrayOrigin.Part::name).collect(Collectors.toSet());
    return arrays.entrySet().stream().filter(array -> !taken.contains(array.getKey()) && array.getValue().kind().startsWith("float")).map(Map.Entry::getKey).toList();
  }
}

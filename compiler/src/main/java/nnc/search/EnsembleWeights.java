package nnc.search;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import nnc.elaborate.Members;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;

/** The weights of several trainings of a program as those of one network that holds them all. */
public final class EnsembleWeights {
  private EnsembleWeights() {}

  /**
   * The ensemble with its members' weights.
   *
   * @param ensemble compiled of as many members as there are files
   * @param program  the program as it is
   * @param files    weights, or jars that hold some
   * @throws Fault if one does not fit the program, or members know other categories than the first
   */
  public static Model of(Model ensemble, Model program, List<Path> files) {
    var model = ensemble.initialised(0);
    for (int i = 0; i < files.size(); i++) {
      var file = files.get(i);
      var member = file.toString().toLowerCase(Locale.ROOT).endsWith(".jar") ? Model.load(file) : program.withWeights(file);
      requireFit(program, member, file);
      for (var weight : program.spec().weights()) {
        if (isKept(weight)) {
          model.set(Members.prefix(i) + weight.path(), member.weight(weight.path()));
        }
      }
      if (i == 0) {
        model.vocabulary().learn(member.vocabulary());
      } else if (!member.vocabulary().learned().equals(model.vocabulary().learned())) {
        throw new Fault(file + ": its categories are others than those of " + files.getFirst(),
            "members have to be trained on data with the same categories: list them in the program, category(\"a\", \"b\")");
      }
    }
    return model;
  }

  private static boolean isKept(Weight weight) {
    return weight.kind() == WeightKind.PARAMETER || weight.kind() == WeightKind.STATE;
  }

  private static void requireFit(Model program, Model member, Path file) {
    member.requireWeights();
    var own = program.spec().weights().stream().filter(EnsembleWeights::isKept).map(weight -> weight.path() + weight.shape()).toList();
    var given = member.spec().weights().stream().filter(EnsembleWeights::isKept).map(weight -> weight.path() + weight.shape()).toList();
    if (!own.stream().allMatch(given::contains)) {
      throw new Fault(file + ": a network of another program: it has no " + own.stream().filter(one -> !given.contains(one)).findFirst().orElseThrow(),
          "members have the program's weights, trained with other seeds, data or rates");
    }
  }
}

package nnc.runtime.data;

import java.util.List;
import java.util.Map;
import nnc.runtime.spec.ModelSpec.Feed;

/** Makes a table of others. */
interface DerivedTable {
  /**
   * Makes it.
   *
   * @param source    its name: a class may make several
   * @param arguments those that are no sources
   * @param of        the tables of those that are
   * @param feeds     inputs and targets by name
   */
  Table of(String source, SourceArguments arguments, List<Table> of, Map<String, Feed> feeds);
}

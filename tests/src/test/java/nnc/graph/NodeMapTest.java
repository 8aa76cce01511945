package nnc.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import nnc.source.Span;
import org.junit.jupiter.api.Test;

/** Oracle: the identity map of the JDK. */
class NodeMapTest {

  /** Numbers anywhere, and in stretches that may lie across the end of a page or of all numbers. */
  @Provide
  Arbitrary<Set<Integer>> ids() {
    var begins = Arbitraries.of(0, 250, -3, 1 << 20, Integer.MAX_VALUE - 3);
    return Arbitraries.oneOf(Arbitraries.integers(), begins.flatMap(begin -> Arbitraries.integers().between(0, 12).map(i -> begin + i)))
        .set().ofMaxSize(40);
  }

  private static Node node(int id) {
    return new Node(new Op.Const(0, Kind.FLOAT), Nodes.of(), Type.of(Kind.FLOAT), Span.NONE, id);
  }

  @Property(tries = 500, seed = "26")
  void tablesAreThoseOfTheJdk(@ForAll("ids") Set<Integer> ids, @ForAll List<@IntRange(min = 0, max = 50) Integer> puts) {
    var nodes = ids.stream().map(NodeMapTest::node).toList();
    var map = new NodeMap<Integer>();
    var numbers = new NodeNumbers();
    var set = new NodeSet();
    var oracle = new IdentityHashMap<Node, Integer>();
    for (int i = 0; i < puts.size(); i++) {
      if (puts.get(i) < nodes.size()) {
        var node = nodes.get(puts.get(i));
        assertThat(set.add(node)).as("new").isEqualTo(!oracle.containsKey(node));
        map.put(node, i);
        numbers.put(node, -i);
        oracle.put(node, i);
      }
      assertThat(map.isEmpty()).isEqualTo(oracle.isEmpty());
      assertThat(set.size()).isEqualTo(oracle.size());
      for (var node : nodes) {
        assertThat(map.get(node)).isEqualTo(oracle.get(node));
        assertThat(map.get(node, 77)).isEqualTo(oracle.getOrDefault(node, 77));
        assertThat(set.contains(node)).isEqualTo(oracle.containsKey(node));
        assertThat(numbers.get(node)).isEqualTo(oracle.containsKey(node) ? -oracle.get(node) : NodeNumbers.NONE);
      }
    }
  }

  @Test
  void nodesOfManyBuildersHaveNumbersOfTheirOwn() {
    var builders = IntStream.range(0, 7).mapToObj(_ -> new GraphBuilder()).toList();
    for (int i = 0; i < 1000; i++) {
      builders.forEach(builder -> builder.constant(1));
    }
    assertThat(builders.stream().flatMap(builder -> builder.nodes().stream()).map(Node::id)).doesNotHaveDuplicates();
  }

  /** Stretches whose numbers differ in high bits alone, and numbers of which each has a page to itself. */
  @Test
  void noNumbersAreAnObstacle() {
    var nodes = new ArrayList<Node>();
    for (int stretch = 0; stretch < 4; stretch++) {
      for (int i = 0; i < 50_000; i++) {
        nodes.add(node((stretch << 22) + i));
      }
    }
    for (int i = 0; i < 20_000; i++) {
      nodes.add(node((1 << 30) + (i << 8)));
    }
    Collections.reverse(nodes);
    assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
      var map = new NodeMap<Integer>();
      for (int i = 0; i < nodes.size(); i++) {
        map.put(nodes.get(i), i);
      }
      for (int i = 0; i < nodes.size(); i++) {
        assertThat(map.get(nodes.get(i)) == i).isTrue();
      }
    });
  }
}

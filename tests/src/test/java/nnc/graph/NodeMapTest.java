package nnc.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import nnc.source.Span;
import org.junit.jupiter.api.Test;

/** Oracle: the identity map of the JDK. */
class NodeMapTest {
  @Property(tries = 500)
  void isAnIdentityMap(@ForAll List<@IntRange(min = -40, max = 40) Integer> hashes, @ForAll List<@IntRange(min = 0, max = 50) Integer> puts,
      @ForAll @IntRange(min = 0, max = 40) int expected) {
    var nodes = new ArrayList<Node>();
    hashes.forEach(hash -> nodes.add(new Node(new Op.Const(0, Kind.FLOAT), List.of(), Type.of(Kind.FLOAT), Span.NONE, hash)));
    var map = new NodeMap<Integer>(expected);
    var oracle = new IdentityHashMap<Node, Integer>();
    for (int i = 0; i < puts.size(); i++) {
      if (puts.get(i) < nodes.size()) {
        map.put(nodes.get(puts.get(i)), i);
        oracle.put(nodes.get(puts.get(i)), i);
      }
      assertThat(map.isEmpty()).isEqualTo(oracle.isEmpty());
      nodes.forEach(node -> assertThat(map.get(node)).isEqualTo(oracle.get(node)));
    }
  }

  /** Stretches of hashes that fall on each other, as those of graphs that were rebuilt do. */
  @Test
  void stretchesThatMeetAreNoObstacle() {
    var nodes = new ArrayList<Node>();
    for (int stretch = 0; stretch < 4; stretch++) {
      for (int i = 0; i < 50_000; i++) {
        nodes.add(new Node(new Op.Const(0, Kind.FLOAT), List.of(), Type.of(Kind.FLOAT), Span.NONE, (stretch << 22) + i));
      }
    }
    assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
      var map = new NodeMap<Integer>(0);
      for (int i = 0; i < nodes.size(); i++) {
        map.put(nodes.get(i), i);
      }
      for (int i = 0; i < nodes.size(); i++) {
        assertThat(map.get(nodes.get(i)) == i).isTrue();
      }
    });
  }
}

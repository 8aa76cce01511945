package nnc.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.types.StructType;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * What each task of an epoch's stage does with its rows, which come in the epoch's order. A task is a function of these and of the state that was broadcast: an epoch that is
 * tried again gives the same bits.
 *
 * @param state   where training stands before the epoch
 * @param checked whether one of the tasks first looks whether the code adds in the order of one machine
 */
record EpochStage(Broadcast<BroadcastNetwork> network, Broadcast<TrainingState> state, StructType schema, Map<String, String> columns, BlockSteps blocks, boolean checked)
    implements Serializable {

  /**
   * What a task gives.
   *
   * @param steps   whose losses it has
   * @param weights all that is kept; of the first task alone, null of others
   * @param hash    of these, which all tasks have to agree in
   */
  record Part(int[] steps, double[] losses, Object weights, int hash) implements Serializable {}

  /**
   * Has the stage run on the rows of its epoch; gives what each task has come to.
   *
   * @param token what the tasks of this attempt know of each other
   */
  List<Part> collect(JavaRDD<RowNumbers> rows, long token) {
    EpochStage stage = this;
    Function1<scala.collection.Iterator<RowNumbers>, scala.collection.Iterator<Part>> task =
        (Function1<scala.collection.Iterator<RowNumbers>, scala.collection.Iterator<Part>> & Serializable) part ->
            CollectionConverters.asScala(stage.run(CollectionConverters.asJava(part), token));
    return rows.rdd().barrier().mapPartitions(task, false, ClassTag$.MODULE$.apply(Part.class)).toJavaRDD().collect();
  }

  /** How long a task that has lost the others leaves it to them to say why. */
  private static final int PATIENCE_MS = 5_000, LOOK_MS = 50;

  private Iterator<Part> run(Iterator<RowNumbers> rows, long token) {
    BarrierTaskContext task = BarrierTaskContext.get();
    int rank = task.partitionId();
    String host = task.getTaskInfos()[rank].address();
    try (var threads = new Threads(Math.max(1, task.cpus()));
        var ring = RingExchange.join(rank, token, host.substring(0, host.lastIndexOf(':')), said -> List.of(task.allGather(said)), task::isInterrupted)) {
      TrainingState start = state.value();
      Model model = network.value().model().initialised(start.seed());
      var trainer = new BlockTrainer(model, schema, columns, new BlockTrainer.Way(blocks.block(), start.seed()), threads);
      trainer.restore(start.weights());
      return List.of(train(trainer, rank, rows, ring, start.epoch())).iterator();
    } catch (Fault fault) {
      // Spark tells of it what its message says
      throw fault.hint().isEmpty() ? fault : new Fault(fault.getMessage() + "; " + fault.hint(), "", fault);
    } catch (IOException e) {
      awaitCause(task);
      throw new UncheckedIOException("task " + rank + " has lost the ring of the " + blocks.parts() + " tasks: " + e.getMessage(), e);
    }
  }

  /** The first failure that the driver hears of is the one that it tells: a task that ended with a fault has closed the ring just before it said so. */
  private static void awaitCause(BarrierTaskContext task) {
    try {
      for (int waited = 0; waited < PATIENCE_MS && !task.isInterrupted(); waited += LOOK_MS) {
        Thread.sleep(LOOK_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Part train(BlockTrainer trainer, int rank, Iterator<RowNumbers> rows, RingExchange ring, int epoch) throws IOException {
    List<Integer> steps = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    int last = blocks.first(epoch) + blocks.steps() - 1;
    boolean unchecked = checked && rank == blocks.owner(blocks.first(epoch));
    for (int step = blocks.first(epoch); step <= last;) {
      int end = blocks.end(step, epoch);
      Object before = trainer.carried();
      List<BlockTrainer.Share> own = new ArrayList<>();
      long began = System.nanoTime();
      for (; step <= end; step++) {
        if (blocks.owner(step) == rank) {
          List<RowNumbers> block = next(rows, blocks.size(step, epoch));
          if (unchecked) {
            trainer.requireOrder(block, blocks.round());
            unchecked = false;
          }
          block.forEach(trainer::feed);
          BlockTrainer.Share share = trainer.share(step, epoch);
          own.add(share);
          steps.add(step);
          losses.add(share.loss());
        }
      }
      ring.expect(System.nanoTime() - began);
      trainer.take(ring.fold(before, trainer.pieces(), (carried, from, to) -> trainer.advance(carried, own, from, to, epoch)), end, epoch, blocks.isRoundEnd(end));
    }
    Object weights = trainer.model().weights();
    return new Part(steps.stream().mapToInt(Integer::intValue).toArray(), losses.stream().mapToDouble(Double::doubleValue).toArray(), rank == 0 ? weights : null,
        NumberArrays.hash(weights));
  }

  private static List<RowNumbers> next(Iterator<RowNumbers> rows, int count) {
    List<RowNumbers> block = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      block.add(rows.next());
    }
    return block;
  }
}

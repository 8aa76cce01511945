package nnc.spark;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Training;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/** The rows of a training by their numbers, which follow from a column alone; kept as numbers on the executors. */
final class TrainingRows {
  private final StructType schema;
  private final JavaPairRDD<Long, RowNumbers> numbered;
  private final int count;

  private TrainingRows(StructType schema, JavaPairRDD<Long, RowNumbers> numbered, int count) {
    this.schema = schema;
    this.numbered = numbered;
    this.count = count;
  }

  /**
   * Looks at columns, and numbers the rows.
   *
   * @param order the column by which they are numbered
   * @param names columns of inputs that are called otherwise
   * @throws Fault if columns do not fit the network, or that one is missing, has two rows of a value, or none
   */
  static TrainingRows of(Dataset<Row> rows, String order, Broadcast<BroadcastNetwork> network, Map<String, String> names) {
    StructType schema = rows.schema();
    PredictionColumns.inputs(network.value().model(), Training.GRADIENT, schema, names);
    if (!List.of(schema.fieldNames()).contains(order)) {
      throw new Fault("no column " + order + " to number the rows by; there are " + String.join(", ", schema.fieldNames()));
    }
    var key = rows.col("`" + order.replace("`", "``") + "`");
    Row counts = rows.agg(functions.count(functions.lit(1)), functions.countDistinct(key)).first();
    long all = counts.getLong(0);
    if (all == 0) {
      throw new Fault("there are no rows to train on");
    } else if (counts.getLong(1) != all) {
      throw new Fault("column " + order + " has " + counts.getLong(1) + " values, nulls apart, in " + all + " rows: it does not say which row comes before which",
          "number the rows by a column whose values are all different");
    } else if (all > Integer.MAX_VALUE - 8) {
      throw new Fault("there are " + all + " rows, and an epoch has at most 2^31");
    }
    JavaPairRDD<Long, RowNumbers> numbered = rows.sort(key).javaRDD().zipWithIndex()
        .mapPartitionsToPair(part -> new Reading(network.value(), schema, names).of(part)).persist(StorageLevel.MEMORY_AND_DISK());
    return new TrainingRows(schema, numbered, (int) all);
  }

  /** Turns the rows of a partition into numbers. */
  private static final class Reading {
    private final List<InputColumn> columns;
    private final RowPlace place = new RowPlace();
    private final double[][] read;
    private int width;

    Reading(BroadcastNetwork network, StructType schema, Map<String, String> names) {
      columns = PredictionColumns.inputs(network.model(), Training.GRADIENT, schema, names);
      read = new double[columns.size()][];
      for (int i = 0; i < read.length; i++) {
        read[i] = new double[columns.get(i).width()];
        width = Math.addExact(width, read[i].length);
      }
    }

    Iterator<Tuple2<Long, RowNumbers>> of(Iterator<Tuple2<Row, Long>> rows) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public Tuple2<Long, RowNumbers> next() {
          Tuple2<Row, Long> row = rows.next();
          return new Tuple2<>(row._2(), numbers(row._1(), row._2()));
        }
      };
    }

    private RowNumbers numbers(Row row, long number) {
      double[] all = new double[width];
      int at = 0;
      place.at(number);
      for (int i = 0; i < read.length; i++) {
        columns.get(i).read(row, read[i], 0, place);
        System.arraycopy(read[i], 0, all, at, read[i].length);
        at += read[i].length;
      }
      return new RowNumbers(all);
    }
  }

  StructType schema() {
    return schema;
  }

  /** How many there are. */
  int count() {
    return count;
  }

  /** An order of the rows: shuffled by seed and epoch, or by their numbers. */
  record Arrangement(boolean shuffled, long seed, int epoch) implements Serializable {}

  /** An epoch's rows in its order, each in the partition of the task that trains on it. */
  JavaRDD<RowNumbers> arranged(BlockSteps blocks, Arrangement order) {
    return numbered.mapPartitionsToPair(part -> {
      int[] places = BlockSteps.places(blocks.rows(), order.shuffled, order.seed, order.epoch);
      return placed(part, places);
    }).repartitionAndSortWithinPartitions(new ByOwner(blocks, order.epoch)).values();
  }

  private static Iterator<Tuple2<Integer, RowNumbers>> placed(Iterator<Tuple2<Long, RowNumbers>> rows, int[] places) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Tuple2<Integer, RowNumbers> next() {
        Tuple2<Long, RowNumbers> row = rows.next();
        return new Tuple2<>(places[Math.toIntExact(row._1())], row._2());
      }
    };
  }

  /** Places of an epoch's order by the task that trains on them. */
  private static final class ByOwner extends Partitioner {
    private final BlockSteps blocks;
    private final int epoch;

    ByOwner(BlockSteps blocks, int epoch) {
      this.blocks = blocks;
      this.epoch = epoch;
    }

    @Override
    public int numPartitions() {
      return blocks.parts();
    }

    @Override
    public int getPartition(Object place) {
      return blocks.owner(blocks.step((Integer) place, epoch));
    }
  }

  /** Has executors forget the rows. */
  void release() {
    numbered.unpersist();
  }
}

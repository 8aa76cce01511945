package nnc.spark;

import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.StructType;

/** A function of SQL that predicts for one struct. Each thread has a context for it. */
final class StructPrediction implements UDF1<Row, Object> {
  private final Broadcast<BroadcastNetwork> network;
  private final Map<String, String> columns;
  private final boolean single;
  private transient ThreadLocal<Ready> ready;

  /** What a thread predicts by, for structs of one type. */
  private record Ready(StructType schema, RowPredictions predictions) {}

  /** @param single whether there is one output, which is given as it is */
  StructPrediction(Broadcast<BroadcastNetwork> network, Map<String, String> columns, boolean single) {
    this.network = network;
    this.columns = columns;
    this.single = single;
  }

  @Override
  public Object call(Row struct) {
    if (struct == null || struct.schema() == null) {
      throw new Fault("the network is given " + (struct == null ? "null" : "a row without names") + ", and wants a struct with a field for each input",
          "write struct(*), or named_struct('name', value, ...)");
    }
    Object[] said = predictions(struct.schema()).predict(List.of(struct))[0];
    return single ? said[0] : RowFactory.create(said);
  }

  private RowPredictions predictions(StructType schema) {
    ThreadLocal<Ready> own = own();
    Ready known = own.get();
    if (known == null || known.schema != schema && !known.schema.equals(schema)) {
      known = new Ready(schema, new RowPredictions(network.value().model(), schema, columns, 1));
      own.set(known);
    }
    return known.predictions;
  }

  private synchronized ThreadLocal<Ready> own() {
    if (ready == null) {
      ready = new ThreadLocal<>();
    }
    return ready;
  }
}

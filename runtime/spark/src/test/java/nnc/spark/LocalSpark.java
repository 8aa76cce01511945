package nnc.spark;

import org.apache.spark.sql.SparkSession;

/** The one session of a test process: eight slots of threads, nothing listens but on this machine's own address, nothing is told. */
final class LocalSpark {
  private LocalSpark() {}

  static SparkSession session() {
    return quiet(SparkSession.builder().master("local[8]")).getOrCreate();
  }

  /** What any session of a test has. */
  static SparkSession.Builder quiet(SparkSession.Builder builder) {
    return builder.appName("nnc").config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2").config("spark.local.dir", "target/spark").config("spark.sql.warehouse.dir", "target/warehouse")
        .config("spark.ui.showConsoleProgress", "false").config("spark.sql.codegen.wholeStage", "false").config("spark.sql.adaptive.enabled", "false");
  }
}

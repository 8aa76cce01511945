/**
 * What compiled networks need to run, and the Java API to run them by: {@link nnc.runtime} and, to train them, {@link nnc.runtime.learn}, with the
 * types that these speak of in {@link nnc.runtime.base} and {@link nnc.runtime.spec}. All else is its own affair and that of nnc's other modules;
 * jars, which are this module too, do not speak of those.
 *
 * <p>It runs without any of its optional modules: without {@code jdk.incubator.vector} in scalar code, without {@code java.desktop} as long
 * as no data are pictures, without {@code java.management} as long as no command starts Java anew with options of its own, without
 * {@code jdk.httpserver} as long as nothing is served.
 */
module nnc.runtime {
  requires static java.desktop;
  requires static jdk.httpserver;
  requires static jdk.management;
  requires static jdk.incubator.vector;

  exports nnc.runtime;
  exports nnc.runtime.base;
  exports nnc.runtime.learn;
  exports nnc.runtime.spec;
  exports nnc.runtime.cli to nnc.compiler, nnc.testkit;
  exports nnc.runtime.data to nnc.compiler;
  exports nnc.runtime.engine to nnc.compiler;
  exports nnc.runtime.files to nnc.compiler;
  exports nnc.runtime.train to nnc.compiler;
}

/**
 * What compiled networks need to run, and the Java API to run them by: {@link nnc.runtime}, with the types that it speaks of in
 * {@link nnc.runtime.base} and {@link nnc.runtime.spec}. All else is its own affair.
 *
 * <p>It runs without any of its optional modules: without {@code jdk.incubator.vector} in scalar code, without {@code java.desktop} as long
 * as no data are pictures, without {@code java.management} as long as no command starts Java anew with options of its own.
 */
module nnc.runtime {
  requires static java.desktop;
  requires static jdk.management;
  requires static jdk.incubator.vector;

  exports nnc.runtime;
  exports nnc.runtime.base;
  exports nnc.runtime.spec;
}

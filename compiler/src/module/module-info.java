/**
 * The compiler as a library: {@link nnc.Compiler}, with the types that it speaks of in {@link nnc.driver}, {@link nnc.optimizations} and
 * {@link nnc.source}. All else is its own affair.
 */
module nnc.compiler {
  requires transitive nnc.runtime;
  requires nnc.grammar;
  requires org.objectweb.asm;

  exports nnc;
  exports nnc.driver;
  exports nnc.optimizations;
  exports nnc.source;
}

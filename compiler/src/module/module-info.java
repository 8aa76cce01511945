/**
 * The compiler as a library: {@link nnc.Compiler}, with the types that it speaks of in {@link nnc.driver}, {@link nnc.optimizations} and
 * {@link nnc.source}, and what other modules make commands of, {@link nnc.cli.Command}. All else is its own affair.
 */
module nnc.compiler {
  requires transitive nnc.runtime;
  requires nnc.grammar;
  requires org.objectweb.asm;
  requires java.compiler;
  requires jdk.httpserver;

  uses nnc.cli.Command;

  exports nnc;
  exports nnc.cli;
  exports nnc.driver;
  exports nnc.optimizations;
  exports nnc.source;
}

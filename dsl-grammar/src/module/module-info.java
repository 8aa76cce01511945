/** The grammar of the language, and the lexer and parser that ANTLR makes of it. */
module nnc.grammar {
  requires transitive org.antlr.antlr4.runtime;

  exports nnc.grammar;
}

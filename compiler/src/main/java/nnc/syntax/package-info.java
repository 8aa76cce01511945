/**
 * From text to a syntax tree.
 *
 * <p>{@link Parsing} runs the grammar (ANTLR, module dsl-grammar) and rewords its complaints; {@link AstBuilder} and its part for
 * expressions make the tree of {@link Ast}, records whose every node has its span. The printers give a tree back: as data for tests, and as
 * source in the usual layout.
 */
package nnc.syntax;

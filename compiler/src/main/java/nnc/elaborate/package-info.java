/**
 * From the syntax tree to graphs, one for each purpose: training, validation, prediction, the gradient's check.
 *
 * <p>{@link Elaborator} is one run: {@link Statements} goes through the program, {@link Declarations} keeps its inputs, outputs and losses,
 * {@link Weights} its parameters and states; {@link Expressions} evaluates expressions to {@link Value}s: tensors are nodes, all else is
 * known now. Control flow, layers and functions exist at compile time alone. The library is a program in the language, {@code library/*.nn}
 * beside these classes; what it cannot say are the builtins, in tables by kind ({@link Builtins}). The train and data blocks, and checks
 * that need the whole graph, have classes of their own.
 */
package nnc.elaborate;

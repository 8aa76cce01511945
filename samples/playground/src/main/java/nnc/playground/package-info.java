/**
 * The playground: a page on which a network is built, trained and looked at, with its program beside it. {@link nnc.playground.PlaygroundCommand} is the
 * command, {@link nnc.playground.PlaygroundServer} serves the page and what it asks for, {@link nnc.playground.Desk} is what one open page works at,
 * {@link nnc.playground.Experiment} trains, {@link nnc.playground.FrameMaker} says what the page draws.
 *
 * <p>It compiles, trains and predicts by the API that any program has: {@code nnc.Compiler}, {@code nnc.runtime}, {@code nnc.runtime.learn}.
 */
package nnc.playground;

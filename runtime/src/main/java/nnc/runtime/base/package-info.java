/**
 * What everything in the runtime rests on: {@link Fault}, what a user is told of; {@link Tensor}, an array with a
 * shape; {@link Threads}, a team that shares out the blocks of a call.
 *
 * <p>Code of the runtime that runs at a start has no lambdas, streams or {@code String.format}: each costs a short command some milliseconds.
 */
package nnc.runtime.base;

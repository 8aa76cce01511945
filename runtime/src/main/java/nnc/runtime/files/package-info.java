/**
 * Files: {@link Npy} and {@link Npz} of NumPy, of which nothing is believed before it is checked, weights, jars of networks.
 * {@link AtomicFile} replaces a file whole or not at all.
 */
package nnc.runtime.files;

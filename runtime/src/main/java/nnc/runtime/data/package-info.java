/**
 * Data sources: tables of {@link Column}s from CSV, npz, idx, pictures and generators, as a program's data block names them
 * ({@link Data}).
 */
package nnc.runtime.data;

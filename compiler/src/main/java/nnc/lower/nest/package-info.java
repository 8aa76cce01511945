/**
 * All other kernels: {@link LowerNest} writes nests of loops over elements and their reductions,
 * {@link VectorAxisChoice} says which axis runs along the lanes, {@link LowerColumnReduction} sums columns in parts;
 * scatters, scans and sorts have their own.
 */
package nnc.lower.nest;

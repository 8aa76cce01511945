/** Groups of nodes become kernels; buffers get places in an arena. */
package nnc.schedule;

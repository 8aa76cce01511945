/**
 * What a schedule takes: {@link KernelCost} of a kernel's arithmetic and bytes, {@link LruCacheModel} of which of
 * them are still in the cache, {@link nnc.machine.Machine} with the figures of a processor.
 */
package nnc.schedule.cost;

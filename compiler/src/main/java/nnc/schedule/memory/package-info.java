/**
 * Where a schedule's buffers lie: {@link Liveness} tells from when to when each is needed,
 * {@link MemoryPlan} gives those that never meet the same slot.
 */
package nnc.schedule.memory;

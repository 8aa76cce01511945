/**
 * What processors have and do, as far as code is tuned to them: {@link Core} with sizes that tuned numbers come from,
 * {@link Machine} with the speeds that the cost model asks for.
 *
 * <p>Numbers that are tuned to one family of kernels stand together in a class of that family ({@code GemmTuning}, {@code ConvolutionTuning},
 * {@code NestTuning}, {@code TileTuning}), with unit, meaning and, where they follow from one, the size of the core that they come from.
 */
package nnc.machine;

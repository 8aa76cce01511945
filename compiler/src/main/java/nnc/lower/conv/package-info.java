/**
 * Convolutions and the gradients of their filters.
 *
 * <p>{@link LowerConvolution} has several ways: those of {@link ConvolutionTiling}, which chooses, and Winograd's
 * ({@link WinogradRows}, with the matrices of Toom and Cook). {@link LowerFilterGradient} sums by tap, over planes or by
 * batch; {@link LowerBatchLastConvolution} is for examples along the lanes.
 */
package nnc.lower.conv;

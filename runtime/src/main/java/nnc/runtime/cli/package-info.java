/**
 * The commands of a network's jar: {@link Start}, which even an old Java can read, finds a Java that is new enough;
 * {@link ModelMain} runs a command, with options that {@link Options} reads.
 */
package nnc.runtime.cli;

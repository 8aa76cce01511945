/**
 * The command {@code nnc}: {@link Main} finds the command, {@link CommandLine} holds what was given. Written by hand for the start's sake.
 * Other modules add theirs by {@link Command}.
 */
package nnc.cli;

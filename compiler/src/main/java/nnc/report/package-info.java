/** What an evaluation tells beyond loss and metrics: which output goes with which target, how classes are told apart, how numbers are missed, with charts. */
package nnc.report;

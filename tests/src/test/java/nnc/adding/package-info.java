/** That who adds something and forgets a step is told which: each recipe of docs/adding.md is followed, and followed without each of its steps. */
package nnc.adding;

/** Programs tried with other constants, rates and parts of their data: spaces of constants, searches in them, trials and what they came to. */
package nnc.search;

/**
 * The reference: what the library, the data and train blocks and the command line have, told from their own comments. {@code ReferencePages} writes the pages of
 * {@code docs/library}, {@code EntryText} an entry for a terminal.
 */
package nnc.reference;

/** The signal strip under a coded picture, as docs/proof.md describes it; written here a second time on purpose. */

/** Rows that nobody sees: a guard of 8, and 8 for each row of 64 cells and 8 patches that are two cells wide. */
export const stripRows = (width: number): number => 8 + 8 * Math.ceil(80 / (2 * Math.floor(width / 16)));

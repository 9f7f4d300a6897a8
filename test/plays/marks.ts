/**
 * Cells, or plays in a weather, that don't hold, by the sentence of the documents that makes it
 * impossible.
 */
export const MARKS: Readonly<Record<string, readonly string[]>> = {};

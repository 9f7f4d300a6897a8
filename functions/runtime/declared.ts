/** What a call flow declares to need: `SHOP_URL`, or `SHOP_URL?` for what it can do without. */
export const nameOf = (declared: string): string => declared.replace(/\?$/, '');

/** Names that a call flow can't do without. */
export const needed = (declared: readonly string[]): string[] =>
  declared.filter((name) => !name.endsWith('?'));

/** Lines up columns: the first to the left, figures to the right. An empty row is an empty line. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [n, cell] of row.entries()) widths[n] = Math.max(widths[n] ?? 0, cell.length);
  const pad = (cell: string, n: number) =>
    n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0);
  return rows.map((row) => row.map(pad).join('   ')).join('\n');
}

/** The same as a table of Markdown. */
export function markdown([headings = [], ...rows]: readonly (readonly string[])[]): string {
  const bold = (row: readonly string[]) =>
    row[0]?.startsWith('**') ? row.map((cell, n) => (n === 0 ? cell : `**${cell}**`)) : row;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(headings),
    line(headings.map(() => '---')),
    ...rows.map((row) => line(bold(row))),
  ].join('\n');
}

/** Three figures are all that a median carries. */
export const figure = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

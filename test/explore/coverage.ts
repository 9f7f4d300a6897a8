/** What schedules have tried, and how often. */
export interface Coverage {
  decisions: number;
  inputs: number;
  schedules: number;
  count(table: string, row: string): void;
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export function createCoverage(): Coverage {
  const tables = new Map<string, Map<string, number>>();
  return {
    decisions: 0,
    inputs: 0,
    schedules: 0,
    tables,
    count(table, row) {
      let rows = tables.get(table);
      if (!rows) {
        rows = new Map();
        tables.set(table, rows);
      }
      rows.set(row, (rows.get(row) ?? 0) + 1);
    },
  };
}

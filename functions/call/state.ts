import type { Call, Json } from './document.ts';

/** What a call flow changed, key by key, so that parallel events keep each other's changes. */
export interface Changes {
  /** `undefined` removes the key. */
  readonly state: Readonly<Record<string, Json | undefined>>;
  /** `false` removes the label. */
  readonly labels: Readonly<Record<string, boolean>>;
}

/** State and labels with what was changed. */
export function merged(
  { state, labels }: Pick<Call, 'state' | 'labels'>,
  changes: Changes,
): Pick<Call, 'state' | 'labels'> {
  const entries = Object.entries({ ...state, ...changes.state }).filter(
    ([, value]) => value !== undefined,
  );
  const kept = new Set(labels);
  for (const [label, isKept] of Object.entries(changes.labels)) {
    if (isKept) kept.add(label);
    else kept.delete(label);
  }
  return { state: Object.fromEntries(entries) as Call['state'], labels: [...kept] };
}

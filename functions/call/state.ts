import type { Call, Json } from './document.ts';

/**
 * What a call flow changed, key by key, so that parallel events don't undo each other's changes.
 */
export interface Changes {
  /** `undefined` removes the key. */
  readonly state: Readonly<Record<string, Json | undefined>>;
  /** `false` removes the label. */
  readonly labels: Readonly<Record<string, boolean>>;
  /** The language of the call from now on. */
  readonly language?: string;
}

/** The part of a call that a call flow may change. */
export type Kept = Pick<Call, 'state' | 'labels' | 'language'>;

/** State, labels and language with what was changed. */
export function applyChanges({ state, labels, language }: Kept, changes: Changes): Kept {
  const entries = Object.entries({ ...state, ...changes.state }).filter(
    ([, value]) => value !== undefined,
  );
  const known = new Set([...labels, ...Object.keys(changes.labels)]);
  const spoken = changes.language ?? language;
  return {
    state: Object.fromEntries(entries) as Call['state'],
    labels: [...known].filter((label) => changes.labels[label] ?? true),
    ...(spoken !== undefined && { language: spoken }),
  };
}

import type { Choices } from '../explore/choices.ts';

type Json = unknown;
type Path = readonly (string | number)[];

const LONG = 'x'.repeat(60_000);

/** What has broken somebody's parser, schema, key or log before. */
const HOSTILE: readonly Json[] = [
  ...[
    null,
    true,
    false,
    0,
    -0,
    -1,
    1.5,
    1e308,
    2 ** 53,
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\u202e',
    '%00',
    '{{',
    '$.',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'NaN',
    'Infinity',
    '1e400',
    '-',
    '+',
    '+0',
    '+49',
    '0049',
    'anonymous',
  ],
  ...[
    '<speak>',
    '<speak/>',
    '<speak>&</speak>',
    '<![CDATA[',
    "'; DROP TABLE",
    '../../etc/passwd',
    '\r\nx: y',
    '🐟',
  ],
  ...[
    '2026-02-31T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
    'now',
    '2026-11-23T12:00:00+99:99',
  ],
  ...[
    [],
    {},
    [[]],
    [null],
    { length: 1 },
    { then: 1 },
    { toJSON: 1 },
    { constructor: { name: 1 } },
  ],
  LONG,
  LONG.slice(0, 3_000),
  nested(31),
  nested(33),
  nested(2_000),
  Array.from({ length: 200 }, (_, n) => n),
  Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`k${n}`, n])),
];

function nested(depth: number): Json {
  let value: Json = 1;
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { a: value };
  return value;
}

/**
 * A document after some of what a careless or a hostile sender does to it; by now it may be no JSON
 * at all.
 */
export function mutated(document: Json, choices: Choices): string {
  let value = document;
  for (let left = choices.int(4); left > 0; left--) value = changed(value, choices);
  const text = typeof value === 'string' && choices.chance(0.5) ? value : JSON.stringify(value);
  return choices.chance(0.15) ? scratched(text ?? '', choices) : (text ?? '');
}

function changed(root: Json, choices: Choices): Json {
  const path = choices.pick(pathsIn(root));
  const hostile = () => choices.pick(HOSTILE);
  const holder = valueAt(root, path);
  switch (choices.int(6)) {
    case 0:
    case 1:
      return replaced(root, path, hostile());
    case 2:
      return removed(root, path);
    case 3:
      return replaced(root, path, [holder]);
    case 4:
      return isObject(holder)
        ? replaced(root, path, {
            ...holder,
            [String(choices.pick(HOSTILE)).slice(0, 200)]: hostile(),
          })
        : replaced(root, path, hostile());
    default:
      // Something of the document itself at a place where it doesn't belong.
      return replaced(root, path, valueAt(root, choices.pick(pathsIn(root))));
  }
}

/** Characters are lost, doubled, or others. */
function scratched(text: string, choices: Choices): string {
  const at = choices.int(text.length + 1);
  switch (choices.int(4)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return (
        text.slice(0, at) +
        choices.pick(['"', '{', '}', ',', '\\', '\u0000', 'é', '\ud83d']) +
        text.slice(at)
      );
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + choices.int(20));
    default:
      return text + text.slice(at);
  }
}

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A bounded number of them, however large the document has become. */
function pathsIn(root: Json): Path[] {
  const paths: Path[] = [[]];
  for (let n = 0; n < paths.length && paths.length < 300; n++) {
    const path = paths[n] as Path;
    const value = valueAt(root, path);
    if (typeof value !== 'object' || value === null || path.length > 12) continue;
    for (const key of Object.keys(value).slice(0, 20)) paths.push([...path, key]);
  }
  return paths;
}

const valueAt = (root: Json, path: Path): Json =>
  path.reduce<Json>((value, key) => (value as Record<string, Json> | undefined)?.[key], root);

function replaced(root: Json, path: Path, by: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const copy = Array.isArray(root) ? [...root] : { ...(root as Record<string, Json>) };
  Object.defineProperty(copy, key, {
    value: replaced((root as Record<string, Json>)[key], rest, by),
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return copy;
}

function removed(root: Json, path: Path): Json {
  const parent = path.slice(0, -1);
  const holder = valueAt(root, parent);
  if (path.length === 0) return undefined;
  if (Array.isArray(holder))
    return replaced(
      root,
      parent,
      holder.filter((_one, n) => String(n) !== path.at(-1)),
    );
  const entries = Object.entries(holder as object).filter(([key]) => key !== path.at(-1));
  return replaced(root, parent, Object.fromEntries(entries));
}

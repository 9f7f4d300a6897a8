import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type Mapping, readParts, refuseTargetByPath } from '../functions/interruption/mapping.ts';
import { isPath } from '../functions/interruption/path.ts';
import { InvalidInterruption, parseInterruption } from '../functions/interruption/request.ts';
import { InvalidValue } from '../functions/protocol/invalid.ts';

/**
 * What EventBridge takes as an input template, and Pipes too. Source:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
const MAX_CHARACTERS = 8_192;

/**
 * A mapping that could never interrupt. The message says where it stands in the app, which field,
 * and the remedy.
 */
export class InvalidMapping extends Error {
  override readonly name = 'InvalidMapping';
}

/**
 * What hands a mapping and an event to the interrupt function. `event` is a placeholder of the
 * service, which puts JSON in its place, unquoted. Throws {@link InvalidMapping}, which names the
 * path of `scope`.
 */
export function inputTemplate(mapping: Mapping, event: `<${string}>`, scope: IConstruct): string {
  try {
    const written = withoutTokens(mapping);
    checkMapping(written);
    const json = JSON.stringify(written);
    if (/[<>]/.test(json))
      throw new InvalidValue(
        'must hold no < and no >, which EventBridge takes for its own placeholders: SSML belongs to the template of the call, which words a context',
      );
    const around = (of: string) => `{"interruption":${of},"event":${event}}`;
    const { length } = around(json);
    if (length > MAX_CHARACTERS)
      throw new InvalidValue(
        `must be at most ${MAX_CHARACTERS} characters of JSON with what is around it; got ${length}: say less, or send a key as context`,
      );
    return around(json === JSON.stringify(mapping) ? json : Stack.of(scope).toJsonString(mapping));
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new InvalidMapping(`${scope.node.path}: the mapping is refused: ${error.told}`, {
      cause: error,
    });
  }
}

/** Throws `InvalidValue` for what the function would refuse, whatever the event holds. */
function checkMapping(mapping: unknown): void {
  refuseTargetByPath(mapping);
  const sample = sampleOf(mapping, []);
  const { play, ...rest } = Object(sample) as { play?: unknown };
  // A clip by name is read from its file before the rest is parsed.
  if (play !== undefined && typeof play !== 'object')
    throw new InvalidInterruption('play must name a clip: {"asset": "hold-music"}', 'play');
  parseInterruption(play === undefined ? sample : rest, { id: 'sample', at: 0 }, 0);
}

/** What CloudFormation knows later, the name of a queue for example, is a text like any other. */
function withoutTokens(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\$\{Token\[[^\]]*\]\}/g, 'x');
  if (Array.isArray(value)) return value.map(withoutTokens);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, withoutTokens(of)]));
}

/** The mapping as an event could make it: every path has led to what fits its field. */
function sampleOf(value: unknown, keys: readonly string[]): unknown {
  if (typeof value === 'string') return sampleText(value, keys);
  if (Array.isArray(value)) return value.map((entry, n) => sampleOf(entry, [...keys, `${n}`]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, of]) => [key, sampleOf(of, [...keys, key])]),
  );
}

function sampleText(text: string, keys: readonly string[]): unknown {
  const parts = readParts(text, keys);
  if (parts.every((part) => typeof part === 'string')) return parts.join('');
  const key = keys.at(-1) ?? '';
  if (keys[0] !== 'context') {
    if (/^(caller|callee)$|number$/.test(key)) return '+493023125000';
    if (/^(triggered|expires)_at$/.test(key)) return '2026-11-23T09:00:00Z';
    if (isPath(parts) && /^(max_age_seconds|if_turn)$/.test(key)) return 1;
    if (isPath(parts) && FLAG.test(key)) return true;
  }
  return parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
}

const FLAG = /^(only_if_speaking|not_while_caller_speaks|urgent|force|resume|dry_run)$/;

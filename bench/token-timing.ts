import { fixedTokens } from '../functions/runtime/tokens.ts';

/*
 * `npm run timing`: whether the time that a wrong token takes says where it is wrong. Tokens that differ from ours in their
 * first, or in their last byte, in turn and in an order that changes; both are compared by Welch's t-test, over all and
 * over the quicker half, which noise touches less. Above 4.5 they can be told apart. A comparison that stops at the first
 * difference is measured beside it, to show that this would be seen.
 */

const COUNT = Number(process.argv[2] ?? 100_000);
const TOKEN = 'a'.repeat(48);
const FIRST = `b${TOKEN.slice(1)}`;
const LAST = `${TOKEN.slice(0, -1)}b`;
const DISTINGUISHABLE = 4.5;
/** A single comparison is shorter than the clock's tick. */
const AT_ONCE = 20;

type Compare = (candidate: string) => unknown;

function hasty(candidate: string): boolean {
  for (let at = 0; at < TOKEN.length; at++)
    if (candidate.charCodeAt(at) !== TOKEN.charCodeAt(at)) return false;
  return true;
}

const tokens = fixedTokens(TOKEN);

let isConstant = true;
for (const [name, compare] of [
  ['ours', (candidate: string) => tokens.accepts(candidate)],
  ['one that stops at the first difference', hasty],
] as const) {
  const [first, last] = measured(compare);
  const t = welch(first, last);
  const half = welch(quicker(first), quicker(last));
  const difference = mean(quicker(first)) - mean(quicker(last));
  console.log(
    `${name}: n = ${COUNT} each, |t| = ${t.toFixed(1)}, of the quicker half ${half.toFixed(1)}, ${Math.abs(difference / AT_ONCE).toFixed(2)} ns apart`,
  );
  if (name === 'ours') isConstant = t < DISTINGUISHABLE && half < DISTINGUISHABLE;
}
console.log(
  isConstant
    ? 'the first and the last byte can’t be told apart'
    : 'the first and the last byte CAN be told apart',
);
process.exitCode = isConstant ? 0 : 1;

/** ns. */
function measured(compare: Compare): [number[], number[]] {
  const samples: [number[], number[]] = [[], []];
  for (let warm = 0; warm < 20_000; warm++) compare(warm % 2 ? FIRST : LAST);
  for (let n = 0; n < COUNT; n++) {
    const order = Math.random() < 0.5 ? ([0, 1] as const) : ([1, 0] as const);
    for (const which of order) samples[which].push(time(compare, which === 0 ? FIRST : LAST));
  }
  return samples;
}

function time(compare: Compare, candidate: string): number {
  const began = process.hrtime.bigint();
  for (let n = 0; n < AT_ONCE; n++) compare(candidate);
  return Number(process.hrtime.bigint() - began);
}

function quicker(samples: readonly number[]): number[] {
  return samples.toSorted((a, b) => a - b).slice(0, samples.length / 2);
}

function mean(samples: readonly number[]): number {
  return samples.reduce((sum, one) => sum + one, 0) / samples.length;
}

function variance(samples: readonly number[]): number {
  const middle = mean(samples);
  return samples.reduce((sum, one) => sum + (one - middle) ** 2, 0) / (samples.length - 1);
}

function welch(a: readonly number[], b: readonly number[]): number {
  return Math.abs(mean(a) - mean(b)) / Math.sqrt(variance(a) / a.length + variance(b) / b.length);
}

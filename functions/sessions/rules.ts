import { type Rules, SPEAKS_AT_MOST_MS } from './playback.ts';
import { type expression, time, URGENT } from './row.ts';

/** What {@link refusal} says, in DynamoDB's words. */
export function rules(
  wanted: Rules,
  at: number,
  { name, value }: Pick<ReturnType<typeof expression>, 'name' | 'value'>,
): string[] {
  const { label, caller, callee, account_id } = wanted;
  const { if_turn, only_if_speaking, after_current, urgent, force } = wanted;
  const { not_while_caller_speaks, needs_connection, behind } = wanted;
  const now = value(time(at));
  const [speech, guard, silenceAt] = [name('speech'), name('guard'), name('silence_at')];
  const [begun, after, until] = [name('at'), name('after'), name('until')];
  const ended = `${silenceAt} >= ${speech}.${after}`;
  const speaking = `${speech}.${until} > ${now} AND (attribute_not_exists(${silenceAt}) OR ${silenceAt} < ${speech}.${after})`;
  const unguarded = [
    `attribute_not_exists(${guard})`,
    `${guard}.${until} <= ${now}`,
    `(${speech}.${begun} >= ${guard}.${begun} AND ${ended})`,
    `${silenceAt} >= ${guard}.${after}`,
    ...(urgent ? [`${guard}.${name('kind')} = ${value({ S: URGENT })}`] : []),
  ];
  return [
    `expires_at > ${value(time(Math.floor(at / 1000)))}`,
    'attribute_not_exists(ended_at)',
    'attribute_not_exists(transferred)',
    ...(label === undefined ? [] : [`attribute_exists(${name('labels')}.${name(label)})`]),
    ...Object.entries({ caller, callee, account: account_id }).flatMap(([attribute, text]) =>
      text === undefined ? [] : [`${name(attribute)} = ${value({ S: text })}`],
    ),
    ...(if_turn === undefined ? [] : [`turn = ${value({ N: String(if_turn) })}`]),
    ...(needs_connection || not_while_caller_speaks ? [`attribute_exists(${name('connection')})`] : []),
    ...(not_while_caller_speaks ? [callerIsSilent()] : []),
    ...(behind === undefined ? [] : [`${name('said')}.${name('key')} = ${value({ S: behind })}`]),
    ...(force ? [] : [`(${unguarded.join(' OR ')})`]),
    ...(only_if_speaking ? [speaking] : []),
    ...(after_current ? [`(attribute_not_exists(${speech}) OR ${speech}.${until} <= ${now} OR ${ended})`] : []),
  ];

  function callerIsSilent() {
    const [speaksAt, spokeAt] = [name('speaks_at'), name('spoke_at')];
    const stale = value(time(at - SPEAKS_AT_MOST_MS));
    return `(attribute_not_exists(${speaksAt}) OR ${speaksAt} <= ${stale} OR ${speaksAt} <= ${spokeAt})`;
  }
}

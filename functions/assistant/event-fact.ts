import type { Fact, Happening } from '../call/document.ts';
import { spokenMs } from '../call/length.ts';
import { printOf } from '../call/words.ts';
import { type AiFlowEvent, type EventOf, isKnown, partiesOf } from '../protocol/events.ts';
import { wordsOf } from '../protocol/ssml.ts';
import type { Sealing } from '../runtime/sealing.ts';
import type { Received } from './deadline.ts';

/**
 * An event as its call keeps it. `id` names the invocation that answers it. `sealing`: where digits
 * may be entered, a key is sealed, and the fingerprint of words is keyed, so that nobody can guess
 * them.
 */
export function factOf(
  event: AiFlowEvent,
  received: Received,
  id: string,
  sealing?: Sealing,
): Fact {
  const { at, connection } = received;
  const happening = happeningOf(event, received, id, sealing);
  return { id, at, ...(connection && { socket: connection }), ...happening };
}

/** What each event says about its call. */
export const originOf = (event: AiFlowEvent, { template }: Pick<Received, 'template'>) => ({
  ...partiesOf(event),
  ...(template && { template }),
});

function happeningOf(
  event: AiFlowEvent,
  received: Received,
  id: string,
  sealing: Sealing | undefined,
): Happening {
  if (!isKnown(event)) return { kind: 'other' };
  switch (event.type) {
    case 'session_start':
      return { kind: 'start', ...originOf(event, received) };
    case 'user_speak': {
      const print = printOf(event) ?? '';
      return {
        kind: 'words',
        print: print && sealing ? sealing.print(print) : print,
        ms: Math.round(spokenMs(wordsOf(event)).fastest),
        ...(event.barged_in && { cuts: true }),
        until: received.deadline,
      };
    }
    case 'dtmf_received':
      return event.digit && sealing
        ? { kind: 'key', sealed: sealing.seal(id, event.digit) }
        : { kind: 'other' };
    case 'assistant_speak':
      return begun(event);
    case 'assistant_speech_ended':
      return { kind: 'ended' };
    case 'user_input_timeout':
      return { kind: 'silence' };
    case 'user_speech_started':
      return { kind: 'voice' };
    case 'session_end':
      return { kind: 'over' };
    default:
      return { kind: 'other' };
  }
}

function begun({ duration_ms, speech_started_at, ...said }: EventOf<'assistant_speak'>): Happening {
  const print = printOf(said);
  return {
    kind: 'began',
    ...(print && { print }),
    ...(typeof duration_ms === 'number' && { ms: duration_ms }),
    ...(typeof speech_started_at === 'number' && { started: speech_started_at }),
  };
}

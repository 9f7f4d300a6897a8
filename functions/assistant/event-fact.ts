import type { Fact, Happening } from '../call/document.ts';
import { spokenMs } from '../call/length.ts';
import { printOf } from '../call/words.ts';
import { type AiFlowEvent, type EventOf, isKnown, partiesOf } from '../protocol/events.ts';
import { wordsOf } from '../protocol/ssml.ts';
import type { Sealing } from '../runtime/sealing.ts';
import type { Received } from './deadline.ts';

/** An event as its call keeps it. `id` names the invocation that answers it. */
export function factOf(
  event: AiFlowEvent,
  { at, deadline, connection, template }: Received,
  id: string,
  sealing?: Sealing,
): Fact {
  const happening = happeningOf(event, { until: deadline, template });
  return {
    id,
    at,
    ...(connection && { socket: connection }),
    ...(sealing ? sealed(happening, event, id, sealing) : happening),
  };
}

/**
 * The fact where digits may be entered: a key is sealed, and the fingerprint of words is keyed, so
 * that nobody can guess them.
 */
function sealed(happening: Happening, event: AiFlowEvent, id: string, sealing: Sealing): Happening {
  if (happening.kind === 'words')
    return { ...happening, print: happening.print && sealing.print(happening.print) };
  const digit = isKnown(event) && event.type === 'dtmf_received' ? event.digit : '';
  return digit ? { kind: 'key', sealed: sealing.seal(id, digit) } : happening;
}

/** What each event says about its call. */
export const originOf = (event: AiFlowEvent, { template }: Pick<Received, 'template'>) => ({
  ...partiesOf(event),
  ...(template && { template }),
});

function happeningOf(
  event: AiFlowEvent,
  { until, template }: { until: number; template: string | undefined },
): Happening {
  if (!isKnown(event)) return { kind: 'other' };
  switch (event.type) {
    case 'session_start':
      return { kind: 'start', ...originOf(event, { template }) };
    case 'user_speak':
      return {
        kind: 'words',
        print: printOf(event) ?? '',
        ms: Math.round(spokenMs(wordsOf(event)).fastest),
        ...(event.barged_in && { cuts: true }),
        until,
      };
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

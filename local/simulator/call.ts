import { randomUUID } from 'node:crypto';
import type { Action, ActionOf, KnownEvent } from '../../functions/protocol/index.ts';
import { asList, readAction, readAnswer, UselessAnswer, type WebhookAnswer } from './answer.ts';
import { HANGUP_DURING_SPEECH, MIX_AUDIO_VOLUME } from './behaviour.ts';
import type { Call, CallParts } from './call-types.ts';
import { type Connection, createLine } from './line.ts';
import { createOutbox } from './outbox.ts';
import { createSocketDelivery } from './socket.ts';
import { createSpeechTurn } from './speech-turn.ts';
import { type ActionSource, createTimeline } from './timeline.ts';
import { createVoice } from './voice.ts';

/** Makes a call that has not been picked up yet. */
export function createCall({ options, clock, deliver, connect, log, recorded, changed }: CallParts): Call {
  const session_id = randomUUID();
  const { direction, from, to, speed, transfer, transport } = options;
  const phone_number = direction === 'inbound' ? to : from;
  const numbers = { phone_number, direction, from_phone_number: from, to_phone_number: to };
  const session = { id: session_id, account_id: 'simulator', ...numbers };
  const started_at = clock.now();
  const timeline = createTimeline(clock, (entry) => recorded(call, entry));
  const socket = transport === 'websocket' ? createSocketDelivery(connect, framed) : undefined;
  const outbox = createOutbox({ clock, deliver: socket?.deliver ?? deliver, timeline, answered });
  const voice = createVoice({ clock, timeline, speed, session, send: outbox.send });
  const speech = createSpeechTurn(clock, () => outbox.send({ type: 'user_speech_started', session }));
  const line = createLine({ clock, target: transfer, returned: start, failed: end });
  let language = options.language;
  let backgroundVolume: number | undefined;

  const call: Call = {
    session_id,
    transport,
    timeline: timeline.entries,
    summary: () => ({
      session_id,
      state: line.connection() === 'ended' ? 'ended' : 'active',
      from,
      to,
      language,
      started_at,
      ...(backgroundVolume !== undefined && { background_volume: backgroundVolume }),
    }),
    live: () => isLive(line.connection()),
    start,
    says(text, speaking_ms = 0) {
      if (line.connection() !== 'assistant') return;
      if (socket) speech.begin(speaking_ms, () => heard(text));
      else heard(text);
    },
    disconnect() {
      socket?.close();
      return socket !== undefined;
    },
    presses(digit) {
      if (line.connection() !== 'assistant') return;
      voice.stopWaiting();
      outbox.send({ type: 'dtmf_received', session, digit });
    },
    hangUp: end,
    execute(actions, source) {
      for (const action of actions) attempt(() => execute(readAction(action, session_id), source));
    },
  };
  return call;

  function heard(text: string) {
    if (line.connection() !== 'assistant') return;
    const barged_in = voice.callerSpoke(text);
    outbox.send({ type: 'user_speak', session, text, ...(barged_in && { barged_in }) });
  }

  function start() {
    outbox.send({ type: 'session_start', session });
  }

  function end() {
    if (!call.live()) return;
    line.hangUp();
    voice.stop('hangup');
    backgroundVolume = undefined;
    outbox.clear();
    outbox.send({ type: 'session_end', session });
  }

  function answered(event: KnownEvent, answer: WebhookAnswer | Error | undefined) {
    attempt(() => {
      if (!answer) return;
      if (answer instanceof Error) throw new UselessAnswer(`${event.type} got no answer: ${answer.message}`);
      call.execute(readAnswer(answer, event.type), 'webhook');
    });
    if (event.type !== 'session_end') return;
    line.end();
    socket?.close();
    changed(call);
  }

  function framed(text: string) {
    attempt(() => {
      const actions = asList(parsed(text));
      if (!actions) throw new UselessAnswer('a frame was neither an action nor an array of actions');
      call.execute(actions, 'websocket');
    });
  }

  function execute(action: Action, source: ActionSource) {
    const connection = line.connection();
    if (connection !== 'assistant') throw new UselessAnswer(`${action.type} is ignored: ${REFUSAL[connection]}`);
    timeline.add({ kind: 'action', action, source });
    perform(action);
  }

  function perform(action: Action) {
    switch (action.type) {
      case 'speak':
        return voice.say(action);
      case 'audio':
        return voice.play(action);
      case 'barge_in':
        return voice.bargeIn();
      case 'configure_voice_to_voice':
        return action.greeting === undefined ? undefined : voice.say({ text: action.greeting });
      case 'transfer':
        line.transfer(action.timeout);
        return voice.stop('app');
      case 'hangup':
        return HANGUP_DURING_SPEECH === 'cut' ? end() : voice.whenSilent(end);
      case 'configure_transcription':
        return listenFor(action);
      case 'mix_audio':
        backgroundVolume = action.stop ? undefined : (action.volume ?? MIX_AUDIO_VOLUME);
        return changed(call);
      case 'send_sms':
        return; // its timeline entry is all there is: no SMS leaves this machine
    }
  }

  function listenFor({ languages, provider }: ActionOf<'configure_transcription'>) {
    if (!languages && !provider) return;
    // Documented: another provider without languages forgets those of the old one.
    language = languages?.join(',') ?? 'auto';
    changed(call);
  }

  function attempt(work: () => void) {
    try {
      work();
    } catch (error) {
      if (!(error instanceof UselessAnswer)) throw error;
      log(`call ${session_id}: ${error.message}`);
      timeline.add({ kind: 'error', message: error.message });
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isLive = (connection: Connection) => connection === 'assistant' || connection === 'person';

const REFUSAL = {
  person: 'the call was transferred, the assistant is out of it',
  hung_up: 'the call is over',
  ended: 'the call is over',
};

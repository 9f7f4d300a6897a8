import { randomUUID } from 'node:crypto';
import type { Action, ActionOf, KnownEvent } from '../../functions/protocol/index.ts';
import {
  asList,
  lateness,
  mislabelled,
  parsed,
  readAction,
  readAnswer,
  type WebhookAnswer,
} from './answer.ts';
import { HANGUP_DURING_SPEECH, KEY_STOPS_TIMEOUT, MIX_AUDIO_VOLUME } from './behaviour.ts';
import type { Call, CallParts } from './call-types.ts';
import { type Connection, createLine } from './line.ts';
import { Mistake } from './mistakes.ts';
import { createOutbox } from './outbox.ts';
import { createSocketDelivery } from './socket.ts';
import { createSpeechTurn } from './speech-turn.ts';
import { type ActionSource, createTimeline } from './timeline.ts';
import { createTimer } from './timer.ts';
import { createVoice } from './voice.ts';

/** Makes a call that has not been picked up yet. */
export function createCall({
  options,
  clock,
  deliver,
  pace,
  connect,
  log,
  recorded,
  changed,
}: CallParts): Call {
  const session_id = randomUUID();
  const { direction, from, to, speed, template, transfer, transport, weather } = options;
  const phone_number = direction === 'inbound' ? to : from;
  const numbers = { phone_number, direction, from_phone_number: from, to_phone_number: to };
  const session = { id: session_id, account_id: 'simulator', ...numbers };
  const started_at = clock.now();
  const timeline = createTimeline(clock, (entry) => recorded(call, entry));
  const socket = transport === 'websocket' ? createSocketDelivery(connect, framed) : undefined;
  const outbox = createOutbox({
    clock,
    deliver: socket?.deliver ?? deliver,
    timeline,
    pace,
    weather,
    answered,
  });
  const voice = createVoice({ clock, timeline, speed, session, weather, send });
  const speech = createSpeechTurn({ clock, voice, weather, started: voiceDetected, said });
  const line = createLine({ clock, target: transfer, returned: sendStart, failed: end });
  const socketLoss = createTimer(clock);
  let language = options.language;
  let backgroundVolume: number | undefined;

  const call: Call = {
    session_id,
    options,
    transport,
    template,
    timeline: timeline.entries,
    summary: () => ({
      session_id,
      state: line.connection() === 'ended' ? 'ended' : 'active',
      from,
      to,
      language,
      ...(template !== undefined && { template }),
      ...(speed !== 1 && { speed }),
      started_at,
      ...(backgroundVolume !== undefined && { background_volume: backgroundVolume }),
    }),
    live: () => isLive(line.connection()),
    start() {
      sendStart();
      if (weather.socket_lost_after_ms !== undefined)
        socketLoss.start(weather.socket_lost_after_ms, call.disconnect);
    },
    says(text, speaking_ms = 0) {
      if (line.connection() === 'assistant') speech.begin(text, speaking_ms);
    },
    disconnect() {
      socket?.close();
      return socket !== undefined;
    },
    presses(digit) {
      if (line.connection() !== 'assistant') return;
      if (KEY_STOPS_TIMEOUT) voice.stopWaiting();
      send({ type: 'dtmf_received', session, digit });
    },
    hangUp: end,
    async pushed(actions) {
      const { external_api, pushes_late_ms } = weather;
      if (external_api === 'never') return new Promise(() => {});
      if (external_api !== 'ok') return external_api;
      await new Promise<void>((arrived) => after(pushes_late_ms, arrived));
      if (!call.live()) return 404;
      if (!actions) {
        note(noActions);
        return 400;
      }
      call.execute(actions, 'external-api');
      return 202;
    },
    execute(actions, source) {
      let speaks = false;
      for (const value of actions)
        attempt(() => {
          const action = readAction(value, session_id);
          if (action.type === 'barge_in' && speaks) note(cutsItself);
          speaks ||= action.type === 'speak' || action.type === 'audio';
          execute(action, source);
        });
    },
  };
  return call;

  /** Documented: after a transfer that succeeded nothing is told of but the end. */
  function send(event: KnownEvent, after_ms?: number) {
    return CONVERSING.has(line.connection()) ? outbox.send(event, after_ms) : () => {};
  }

  function voiceDetected() {
    if (socket) send({ type: 'user_speech_started', session });
  }

  function said(text: string, barged_in: boolean) {
    if (line.connection() !== 'assistant') return;
    voice.stopWaiting();
    send({ type: 'user_speak', session, text, ...(barged_in && { barged_in }) });
  }

  function sendStart() {
    send({ type: 'session_start', session });
  }

  function end() {
    if (!call.live()) return;
    line.hangUp();
    socketLoss.stop();
    outbox.clear();
    voice.stop('hangup');
    backgroundVolume = undefined;
    outbox.send({ type: 'session_end', session });
  }

  function answered(event: KnownEvent, answer: WebhookAnswer | Error | undefined, took_ms: number) {
    attempt(() => {
      if (!answer) return;
      if (answer instanceof Error)
        throw new Mistake('no_answer', `${event.type} got no answer: ${answer.message}`);
      note(lateness(event.type, took_ms));
      const actions = readAnswer(answer, event.type);
      note(mislabelled(answer, event.type));
      call.execute(actions, 'webhook');
    });
    if (event.type !== 'session_end') return;
    line.end();
    socket?.close();
    changed(call);
  }

  function framed(text: string) {
    after(weather.pushes_late_ms, () =>
      attempt(() => {
        const actions = asList(parsed(text));
        if (!actions)
          throw new Mistake('no_action', 'a frame was neither an action nor an array of actions');
        call.execute(actions, 'websocket');
      }),
    );
  }

  function after(ms: number, arrived: () => void) {
    if (ms > 0) clock.after(ms, arrived);
    else arrived();
  }

  function execute(action: Action, source: ActionSource) {
    const connection = line.connection();
    if (connection !== 'assistant')
      throw new Mistake('out_of_call', `${action.type} is ignored: ${REFUSAL[connection]}`);
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
        return transferTo(action);
      case 'hangup':
        return HANGUP_DURING_SPEECH === 'cut' ? end() : voice.whenSilent(end);
      case 'configure_transcription':
        return listenFor(action);
      case 'mix_audio':
        backgroundVolume = action.stop ? undefined : (action.volume ?? MIX_AUDIO_VOLUME);
        return changed(call);
      case 'send_sms':
        // Else its timeline entry is all there is: no SMS leaves this machine.
        return weather.sms === 'failed' ? void send({ type: 'sms_failed', session }) : undefined;
    }
  }

  function transferTo({ timeout }: ActionOf<'transfer'>) {
    line.transfer(timeout);
    if (line.connection() === 'person') outbox.clear();
    voice.stop('app');
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
      if (!(error instanceof Mistake)) throw error;
      note(error);
    }
  }

  function note(noticed: Mistake | undefined) {
    if (!noticed) return;
    const { message, mistake, see } = noticed;
    log(`call ${session_id}: ${message}`);
    timeline.add({ kind: 'error', message, mistake, see });
  }
}

const noActions = new Mistake(
  'no_action',
  'a request to the external API held neither an action nor an array of actions',
);

const cutsItself = new Mistake(
  'barge_in_behind_speak',
  'barge_in follows a speak or audio in its array and cuts it: put it first',
);

const CONVERSING: ReadonlySet<Connection> = new Set(['assistant', 'ringing']);

const isLive = (connection: Connection) => connection !== 'hung_up' && connection !== 'ended';

const REFUSAL = {
  ringing: 'the call is being transferred, the assistant is out of it',
  person: 'the call was transferred, the assistant is out of it',
  hung_up: 'the call is over',
  ended: 'the call is over',
};

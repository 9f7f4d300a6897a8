import type { Action } from '../../functions/protocol/index.ts';

const DOCUMENTATION = 'https://sipgate.github.io/sipgate-ai-flow-api/';
const page = (path: string) => `${DOCUMENTATION}api/${path}`;

/**
 * What an application can do wrong, and the page of AI Flow's documentation that says how it is
 * meant.
 */
export const MISTAKES = {
  no_answer: {
    says: 'An event got no answer: nobody listens, the connection broke, or none came in time.',
    see: page('http-webhooks.html'),
  },
  late: {
    says: 'An answer that the caller waits for took more than a second. It is executed.',
    see: page('event-flow.html'),
  },
  status: {
    says: 'An event was answered with another status than 200 or 204.',
    see: page('http-webhooks.html'),
  },
  html: {
    says: 'An event was answered with a web page.',
    see: page('http-webhooks.html'),
  },
  no_action: {
    says: 'An answer, a frame or a request is no JSON, or neither an action nor an array of them.',
    see: page('actions.html'),
  },
  content_type: {
    says: 'Actions came as another type than application/json. They are executed.',
    see: page('actions.html'),
  },
  unanswerable: {
    says: 'session_end, or user_speech_started, was answered with something: 204 is all there is.',
    see: page('events/session-end.html'),
  },
  unknown_type: {
    says: 'There is no action of this type.',
    see: page('actions.html'),
  },
  unknown_field: {
    says: 'An action has a field that is not documented.',
    see: page('actions.html'),
  },
  session_id: {
    says: 'An action has no session_id, or not that of its call.',
    see: page('actions.html'),
  },
  wav: {
    says: 'A clip is not Base64 of a WAV with 16 kHz, mono, 16-bit PCM.',
    see: page('actions/audio.html'),
  },
  speak_without_text: {
    says: 'A speak has neither text nor ssml.',
    see: page('actions/speak.html'),
  },
  invalid_field: {
    says: 'A field of an action has a value that it can’t have.',
    see: page('actions.html'),
  },
  barge_in_behind_speak: {
    says: 'A barge_in follows a speak or audio in its array, and cuts it. It is executed.',
    see: page('actions/barge-in'),
  },
  out_of_call: {
    says: 'An action came when the call was over, or being transferred, or with a person.',
    see: page('actions/transfer.html'),
  },
} as const satisfies Record<string, { says: string; see: string }>;

export type MistakeName = keyof typeof MISTAKES;

/**
 * The message says what is wrong with it and what to do; it quotes nothing that is said, or a
 * number, of the call.
 */
export class Mistake extends Error {
  override readonly name = 'Mistake';
  readonly mistake: MistakeName;
  /** The page that says how it is meant. */
  readonly see: string;

  constructor(mistake: MistakeName, message: string, see: string = MISTAKES[mistake].see) {
    super(message);
    this.mistake = mistake;
    this.see = see;
  }
}

/** The page about one type of action. */
export const pageOf = (type: Action['type']): string =>
  page(`actions/${type.replaceAll('_', '-')}${type === 'barge_in' ? '' : '.html'}`);

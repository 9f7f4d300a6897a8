import { type GivenWeather, SENT_EVENTS } from './simulator/behaviour.ts';

/**
 * Weather by name: what the documents of AI Flow allow, or leave open (`simulator/behaviour.ts`).
 */
export const WEATHERS = {
  calm: {},
  'no-reports': { assistant_speak: 'never' },
  'late-reports': { assistant_speak_late_ms: 700 },
  'reports-at-the-end': { assistant_speak_late_ms: 60_000 },
  'no-lengths': { duration_factor: 0 },
  'short-lengths': { duration_factor: 0.5 },
  'long-lengths': { duration_factor: 1.25 },
  'late-ends': { speech_ended_late_ms: 450 },
  'late-words': { words_after_ms: 700 },
  'very-late-words': { words_after_ms: 2_000 },
  'slow-voice': { voice_starts_after_ms: 900 },
  'start-twice': { twice: ['session_start'], twice_after_ms: 1_000 },
  'words-twice': { twice: ['user_speak'], twice_after_ms: 250 },
  'reports-twice': { twice: ['assistant_speak'], twice_after_ms: 250 },
  'ends-twice': { twice: ['assistant_speech_ended'], twice_after_ms: 250 },
  // Of a key nobody could tell whether it was pressed twice.
  twice: { twice: SENT_EVENTS.filter((type) => type !== 'dtmf_received'), twice_after_ms: 250 },
  'slow-pushes': { pushes_late_ms: 600 },
  'timeouts-run-on': { timeouts_run_on: true },
  parallel: { parallel: true },
  'sms-fails': { sms: 'failed' },
  'socket-lost': { socket_lost_after_ms: 5_000 },
  impatient: { webhook_late_ms: 1_000 },
  'push-limited': { external_api: 429 },
  'push-broken': { external_api: 500 },
  'push-unavailable': { external_api: 503 },
  'push-unknown': { external_api: 404 },
  'push-unanswered': { external_api: 'never' },
} as const satisfies Record<string, GivenWeather>;

/**
 * Several names, separated by commas: the later one counts where two say the same. Throws an error
 * that lists the names.
 */
export function weatherNamed(names: string): GivenWeather {
  return Object.assign({}, ...names.split(',').map(oneNamed));
}

function oneNamed(name: string): GivenWeather {
  if (Object.hasOwn(WEATHERS, name)) return WEATHERS[name as keyof typeof WEATHERS];
  const known = Object.keys(WEATHERS).join(', ');
  throw new Error(
    `There is no weather ${JSON.stringify(name)}: choose one of ${known}, or several with commas between`,
  );
}

import { expect, test } from 'vitest';
import { defineTemplate } from '../../functions/assistant/template.ts';
import { bargeIn, hangup, speak } from '../../functions/protocol/builders.ts';
import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerSays,
  type Play,
} from '../../local/play.ts';
import { playCall } from '../support/play-call.ts';

/** Hangs up as every template does that says goodbye first. */
const polite = defineTemplate<{ goodbye: boolean }>({
  fallback: 'Sorry?',
  onSessionStart: () =>
    'Hello! This is a hotline that has rather a lot to say before you get a word in.',
  onUserSpeak({ text }, { state }) {
    state.goodbye = /bye/i.test(text);
    return state.goodbye ? [bargeIn(), speak('Thank you for calling, and goodbye.')] : 'What else?';
  },
  onAssistantSpeechEnded: (_event, { state }) => (state.goodbye ? hangup() : undefined),
});
const HELLO = assistantSays('Hello!');
const GOODBYE = assistantSays('goodbye');

test.each<[string, Play]>([
  [
    'who goes on talking during the goodbye is not hung up on',
    [
      HELLO,
      callerSays('Bye'),
      GOODBYE,
      callerInterrupts('One more thing', { after: 'Thank you' }),
      assistantIsCut({ by: 'caller' }),
      assistantSays('What else?'),
      callerHangsUp(),
    ],
  ],
  [
    'a goodbye that cuts a sentence is heard to its end',
    [
      HELLO,
      callerInterrupts('Bye', { after: 'This is a' }),
      assistantIsCut({ by: 'app' }),
      GOODBYE,
      assistantHangsUp(),
    ],
  ],
])('%s', async (_what, play) => {
  const { timeline } = await playCall(polite, play);
  expect(timeline().filter(({ kind }) => kind === 'error')).toEqual([]);
});

import { defineTemplate, later, type Template } from '../../functions/assistant/template.ts';
import { speak } from '../../functions/protocol/builders.ts';
import { templateNamed } from '../../functions/templates/index.ts';
import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerSays,
  type Play,
  silenceFor,
} from '../../local/play.ts';

interface OwnPlay {
  name: string;
  play: Play;
  template: Template;
}

/** Whoever says "wait" into the goodbye isn't hung up on. */
const wait: Play = [
  assistantSays('Which book'),
  callerSays('No, thank you'),
  assistantSays('Goodbye, and enjoy your day.'),
  callerInterrupts('Wait, Moby Dick', { after: 'Goodbye,' }),
  assistantIsCut({ by: 'caller', heard: 'Goodbye,' }),
  assistantSays('I am looking for'),
  assistantSays('You will find it on shelf 42'),
  callerSays('Goodbye'),
  assistantSays('Goodbye'),
  assistantHangsUp(),
];

/**
 * Their voice cuts, before any word is known: what answers the older question isn't said into their
 * mouth.
 */
const voiceCuts: Play = [
  assistantSays('Which order?'),
  callerSays('4711'),
  assistantSays('One moment, I am looking for 4711'),
  callerInterrupts('No, 4712', { after: 'One' }),
  assistantIsCut({ by: 'caller', heard: 'One' }),
  assistantSays('One moment, I am looking for 4712'),
  assistantSays('4712 is here.'),
  silenceFor(3),
  callerHangsUp(),
];

const cutByVoice = (text: string) => speak(text, { barge_in: { strategy: 'immediate' } });

const orders = defineTemplate<Record<never, never>, string>({
  fallback: 'Sorry?',
  progress: 'I am still looking.',
  onSessionStart: () => 'Which order?',
  onUserSpeak({ text }) {
    const order = /\d+/.exec(text)?.[0] ?? '';
    return later({
      hold: cutByVoice(`One moment, I am looking for ${order} in all of our warehouses.`),
      job: order,
    });
  },
  async onJob(order) {
    await new Promise((go) => setTimeout(go, 1_500));
    return `${order} is here.`;
  },
});

/** Kinds of what callers do that no play of `local/calls` shows. */
export const ownPlays: readonly OwnPlay[] = [
  { name: 'wait', play: wait, template: templateNamed('starter') },
  { name: 'voice-cuts', play: voiceCuts, template: orders },
];

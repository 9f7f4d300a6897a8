import {
  assistantIsCut,
  assistantMixes,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerSays,
  outcomesAre,
  type Play,
  triggered,
} from '../play.ts';
import type { Story } from '../story.ts';

export const story = {
  about: 'A legal notice that nobody cuts, then news over music, cut by newer ones.',
} satisfies Partial<Story>;

/**
 * Nothing cuts the law; the news over music are cut by something newer, and the music ends with
 * them.
 */
export default [
  assistantSays('This call may be recorded'),
  callerInterrupts('Hello? I am in a hurry', { after: 'This call' }),
  triggered({
    after: 'may be recorded',
    id: 'early',
    target: { label: 'news' },
    context: { news: 'Too early.' },
  }),
  assistantMixes('start'),
  assistantSays("Here is today's news"),
  triggered({
    after: 'Line two',
    id: 'bridge',
    target: { label: 'news' },
    context: { news: 'The bridge is open.' },
  }),
  assistantIsCut({ by: 'app', heard: "Here is today's news" }),
  assistantMixes('stop'),
  assistantSays('This has just come in: The bridge is open.'),
  assistantSays('Which line would you like to hear about?'),
  outcomesAre('protected', 'delivered', 'heard'),
  callerSays('How often does line one run?'),
  assistantSays('every ten minutes'),
  callerHangsUp(),
] satisfies Play;

import {
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerSays,
  type Play,
  triggered,
} from '../play.ts';
import type { Story } from '../story.ts';

export const story = {
  about: 'The same hotline in German: the news come in the language of the call.',
} satisfies Partial<Story>;

/** `order-status` in German: the same news, in the language of the call. */
export default [
  assistantSays('Dieses Gespräch wird'),
  assistantSays('Ihre Bestellnummer?'),
  callerSays('Die 4713, bitte'),
  assistantSays('Einen Moment'),
  assistantSays('Bestellung 4713 liegt verpackt'),
  triggered({
    after: 'liegt',
    through: 'EventBridge',
    target: { label: 'order:4713' },
    context: { status: 'shipped' },
  }),
  assistantIsCut({ by: 'app' }),
  assistantSays('Gute Nachrichten! Bestellung 4713 hat unser Lager verlassen'),
  callerHangsUp(),
] satisfies Play;

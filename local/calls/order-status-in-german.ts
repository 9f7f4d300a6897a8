import {
  assistantConfigures,
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerPresses,
  callerSays,
  type Play,
  triggered,
} from '../play.ts';

export const template = 'order-status';

/**
 * In mid-call the caller asks for German: from then on everything is, and the recogniser listens
 * for it.
 */
export default [
  assistantSays('This call is recorded'),
  assistantSays('What is your order number?'),
  callerSays('In German, please'),
  assistantConfigures('transcription'),
  assistantSays('Bitte nennen Sie mir Ihre Bestellnummer'),
  ...[...'4713#'].map((key) => callerPresses(key)),
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
  callerSays('Danke, tschüss'),
  assistantSays('Auf Wiederhören'),
  assistantHangsUp(),
] satisfies Play;

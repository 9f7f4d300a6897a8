import { test } from 'vitest';
import { templateNamed } from '../../functions/templates/index.ts';
import {
  assistantConfigures,
  assistantHangsUp,
  assistantMixes,
  assistantSays,
  assistantSendsSms,
  assistantTransfers,
  callerHangsUp,
  callerPresses,
  callerSays,
  type Play,
  type PlayCall,
  triggered,
} from '../../local/play.ts';
import { playCall } from '../support/play-call.ts';

const CALLS: Record<string, { play: Play; call?: PlayCall }> = {
  receptionist: {
    call: { transfer: 'busy' },
    play: [
      assistantConfigures('transcription'),
      assistantSays('Guten Tag, hier ist die Fahrradwerkstatt.'),
      callerSays('Öffnungszeiten'),
      assistantSays('von neun bis achtzehn Uhr'),
      callerSays('Und wann machen Sie morgen auf?'),
      assistantSays('von neun bis achtzehn Uhr'),
      callerSays('Meine Bremse ist kaputt'),
      assistantSays('Die Werkstatt wird angerufen.'),
      assistantTransfers('493023125102'),
      assistantConfigures('transcription'),
      assistantSays('Die Werkstatt ist gerade nicht zu erreichen.'),
      callerSays('Bitte rufen Sie zurück'),
      assistantSendsSms('Für: Die Werkstatt, von 4915112345678: Bitte rufen Sie zurück'),
      assistantSays('Das gebe ich weiter.'),
      assistantHangsUp(),
    ],
  },
  hotline: {
    play: [
      assistantConfigures('transcription'),
      assistantMixes('start'),
      assistantSays('Willkommen bei unserer Hotline.'),
      assistantSays('Sie sind an Stelle 3 der Warteschlange.'),
      callerSays('Danke, tschüss'),
      assistantMixes('stop'),
      assistantSays('Auf Wiederhören.'),
      assistantHangsUp(),
    ],
  },
  emergency: {
    play: [
      assistantConfigures('transcription'),
      assistantSays('Hier ist das Auskunftstelefon der Stadt.'),
      triggered({ urgent: true, context: { alarm: 'fire', place: 'Marktstraße 3' } }),
      assistantSays('Achtung, dies ist ein Alarm. Es brennt an diesem Ort: Marktstraße 3.'),
      callerPresses('5'),
      callerSays('Ja'),
      assistantSays('Danke. Handeln Sie jetzt'),
      callerSays('Welche Nummer hat die Feuerwehr?'),
      assistantSays('die 112'),
      callerHangsUp(),
    ],
  },
};

test.each(Object.entries(CALLS))('%s', async (name, { play, call }) => {
  await playCall(templateNamed(`${name}:de-DE`), play, call);
});

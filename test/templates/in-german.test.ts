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
  'llm-agent': {
    call: { transfer: 'busy' },
    play: [
      assistantConfigures('transcription'),
      assistantSays('Guten Tag! Was kann ich für Sie tun?'),
      callerSays('Ich möchte mit einem Menschen sprechen'),
      assistantSays('Ich verbinde Sie.'),
      assistantTransfers('493023125100'),
      assistantConfigures('transcription'),
      assistantSays('Im Moment ist niemand frei.'),
      callerSays('Auf Wiederhören'),
      assistantSays('Auf Wiederhören!'),
      assistantHangsUp(),
    ],
  },
  'self-correction': {
    play: [
      assistantConfigures('transcription'),
      assistantSays('Hier ist die Bahnhofsauskunft.'),
      callerSays('Wann fährt der Zug nach Köln?'),
      assistantSays('am Schalter in der Halle. Wohin fahren Sie?'),
      callerSays('Von Berlin nach München'),
      assistantSays('Laut Fahrplan fährt der Zug nach München von Gleis 6.'),
      callerSays('Wie bitte?'),
      assistantSays('Er fährt von Gleis 6'),
      callerSays('Nein danke'),
      assistantSays('Gute Reise. Auf Wiederhören.'),
      assistantHangsUp(),
    ],
  },
  'order-status': {
    call: { transfer: 'busy' },
    play: [
      assistantConfigures('transcription'),
      assistantSays('Dieses Gespräch wird'),
      assistantSays('Willkommen bei der Bestellauskunft.'),
      callerSays('Ich möchte mit einem Mitarbeiter sprechen'),
      assistantSays('Ich verbinde Sie.'),
      assistantTransfers('493023125100'),
      assistantConfigures('transcription'),
      assistantSays('Im Moment ist niemand frei.'),
      assistantSays('mindestens vier Ziffern'),
      callerSays('vier sieben eins eins'),
      assistantSays('ich suche Bestellung 4711'),
      assistantSays('liegt verpackt in unserem Lager'),
      callerSays('Danke, das war alles'),
      assistantSays('Vielen Dank für Ihren Anruf.'),
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

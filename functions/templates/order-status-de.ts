import { orderStatus, pretendToLookUp, type Words } from './order-status.ts';

export const GERMAN: Words = {
  voice: { provider: 'azure', language: 'de-DE', voice: 'de-DE-KatjaNeural' },
  legal: 'Dieses Gespräch wird zu Schulungszwecken aufgezeichnet.',
  question: 'Willkommen bei der Bestellauskunft. Wie lautet Ihre Bestellnummer?',
  help: 'Bitte nennen Sie mir Ihre Bestellnummer: mindestens vier Ziffern.',
  hold: (order) => `Einen Moment, ich suche Bestellung ${order}.`,
  progress: 'Ich suche noch.',
  packed: (order) =>
    `Bestellung ${order} liegt verpackt in unserem Lager. Sie wird heute Abend abgeholt. Morgen Vormittag ist sie bei Ihnen.`,
  shipped: (order) => `Bestellung ${order} hat unser Lager verlassen und ist auf dem Weg zu Ihnen.`,
  delivered: (order) => `Bestellung ${order} liegt vor Ihrer Tür.`,
  unknown: (order) => `Bestellung ${order} finde ich nicht. Wie war die Nummer noch einmal?`,
  news: 'Gute Nachrichten!',
  pardon: 'Entschuldigung, können Sie das noch einmal sagen?',
  apology: 'Es tut mir leid, gerade kann ich das nicht nachsehen.',
};

/** The same hotline for German callers: `-c templateByNumber` says which number they call. */
export default orderStatus(GERMAN, pretendToLookUp);

/**
 * In the languages that the house speaks; another word for it is followed by one more goodbye,
 * which hurts nobody.
 */
const GOODBYE =
  /\b(?:good ?bye|bye|farewell|see you|take care|have a (?:nice|good|great|lovely)|good ?night)\b|\b(?:tschüss?|ade|ciao|auf wieder(?:hören|sehen|schauen)|bis (?:bald|dann|zum nächsten)|mach(?:'s|en sie es) gut|schön(?:en|es) (?:tag|abend|wochenende)|gute nacht|servus)(?!\p{L})/iu;

/** Whether a sentence takes leave of somebody. */
export const isGoodbye = (sentence: string): boolean => GOODBYE.test(sentence);

/** What machines say that take messages, and networks where a telephone is off: nothing that a person would say of themselves. */
const MACHINES: readonly RegExp[] = [
  /\b(?:voice ?mail|voice ?box|mail ?box|answering machine|answer ?phone)\b/iu,
  /\bleave (?:me |us |your |a |an? \w+ )*message\b|\b(?:after|at) the (?:tone|beep|signal)\b/iu,
  /\b(?:can(?:no|')t|unable to|not able to) (?:take|come to|answer|get to) (?:your|the|my) (?:call|phone|telephone)\b/iu,
  /\byou (?:are|'re) (?:calling|trying to reach) is\b|\bnumber you have (?:dialled|dialed|called)\b/iu,
  /\b(?:anrufbeantworter|mobilbox|sprachbox)\b|\bnach dem (?:ton|piep\p{L}*|signal\p{L}*)(?!\p{L})/iu,
  /\bhinterlass(?:en|t)? \p{L}+ |\bnachricht(?:en)? hinterlassen\b|\bnicht (?:zu erreichen|erreichbar|vergeben)\b/iu,
  /\bgewünschte[rn]? (?:gesprächspartner|teilnehmer|rufnummer)|\bkein anschluss\b/iu,
  /\bmessagerie\b|(?<!\p{L})répondeur\b|\baprès le (?:bip|signal)\b|\blaiss\p{L}+ (?:\p{L}+ )?message\b/iu,
  /\bbuzón de voz\b|\bdespués de la señal\b|\bdej\p{L}+ (?:\p{L}+ )?mensaje\b/iu,
  /\bsegreteria\b|\bdopo il segnale\b|\blasci\p{L}+ (?:\p{L}+ )?messaggio\b/iu,
  /\bna de (?:toon|piep)\b|\bspreek (?:\p{L}+ )*bericht\b/iu,
];

/**
 * Whether a machine speaks in place of the person who was called: in English, German, French, Spanish, Italian or Dutch.
 * It hears nothing and answers nothing, so leave a message, and hang up.
 */
export const isVoicemail = (text: string): boolean => {
  const said = text.normalize('NFKC').replaceAll('’', "'");
  return MACHINES.some((words) => words.test(said));
};

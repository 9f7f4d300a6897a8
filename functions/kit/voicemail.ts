/**
 * What machines say that take messages, and networks where a telephone is off: nothing that a
 * person would say of themselves.
 */
const MACHINES: readonly RegExp[] = [
  /\b(?:voice ?mail|voice ?box|mail ?box|answering machine|answer ?phone)\b/iu,
  // A person asks whether they, or you, may leave one.
  /(?<!\b(?:i|did you|to) )\bleave (?:me |us |your |a |an? \w+ )*message\b|\bto leave (?:a |your )?(?:\w+ )?message,? (?:press|speak|wait)|\b(?:after|at) the (?:tone|beep|signal)\b/iu,
  /\b(?:can(?:no|')t|unable to|not able to) (?:take|come to|answer|get to) (?:your|the|my) (?:call|phone|telephone)\b/iu,
  /\bvoice messag(?:e|ing) system\b|\bforwarded to (?:an? )?(?:automat\w+|voice)\b/iu,
  /\byou (?:are|'re) (?:calling|trying to reach) is\b|\bnumber you have (?:dialled|dialed|called)\b/iu,
  /\b(?:anrufbeantworter|mobilbox|sprachbox)\b|\bnach dem (?:ton|piep\p{L}*|signal\p{L}*)(?!\p{L})/iu,
  /\bhinterlass(?:en|t)? \p{L}+ |\b(?=nachricht)(?<!\b(?:ich|möchten sie|wollen sie) (?:\p{L}+ ){0,2})nachricht(?:en)? hinterlassen\b|\bnicht (?:zu erreichen|erreichbar|vergeben)\b/iu,
  /\bgewünschte[rn]? (?:gesprächspartner|teilnehmer|rufnummer)|\bkein anschluss\b/iu,
  /\bmessagerie\b|(?<!\p{L})répondeur\b|\baprès le (?:bip|signal)\b|\b(?:laissez?|veuillez laisser) (?:\p{L}+ )?message\b/iu,
  /\bcorrespondant n'est pas\b|\bnuméro que vous avez (?:composé|demandé)\b/iu,
  /\bbuzón de voz\b|\bdespués de la señal\b|\bdej(?:e|a|en|es) (?:\p{L}+ )?mensaje\b/iu,
  /\bnúmero (?:al )?que (?:usted )?(?:llama|ha marcado)|\bfuera de cobertura\b/iu,
  /\bsegreteria\b|\bdopo il segnale\b|\b(?:lascia(?:te)?|lasci|di lasciare) (?:\p{L}+ )?messaggio\b/iu,
  /\b(?:persona|cliente|utente) (?:da lei )?chiamat[aoe]\b|\bnon (?:è )?(?:al momento )?raggiungibile\b/iu,
  /\bniet bereikbaar\b|\bnummer dat (?:u|je) (?:belt|heeft gebeld)\b/iu,
  /\bna de (?:toon|piep)\b|\bspreek (?:\p{L}+ )*bericht\b|\blaat (?:\p{L}+ )?bericht achter\b/iu,
];

/**
 * Whether a machine speaks in place of the person who was called: in English, German, French,
 * Spanish, Italian or Dutch. It hears nothing and answers nothing, so leave a message, and hang up.
 */
export const isVoicemail = (text: string): boolean => {
  const said = text.normalize('NFKC').replaceAll('’', "'");
  return MACHINES.some((words) => words.test(said));
};

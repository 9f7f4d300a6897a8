/* How days and times are said, by primary language; numbers are digits by then. */

/** Days from today, by what they are called. */
export const RELATIVE: Readonly<Record<string, readonly (readonly [RegExp, number])[]>> = {
  en: [
    [/\bday after tomorrow\b/iu, 2],
    [/\btomorrow\b/iu, 1],
    [/\b(?:today|tonight)\b/iu, 0],
  ],
  de: [
    [/(?<!\p{L})übermorgen\b/iu, 2],
    // Whoever says good morning names no day, nor does "heute Morgen", "am Morgen".
    [/(?<!(?:guten|heute|am|jeden) )\bmorgen\b/iu, 1],
    [/\bheute\b/iu, 0],
  ],
  fr: [
    [/(?<!\p{L})après-demain\b/iu, 2],
    [/\bdemain\b/iu, 1],
    [/\baujourd['’]hui\b|\bce soir\b/iu, 0],
  ],
  es: [
    [/\bpasado mañana\b/iu, 2],
    // The same word is the morning.
    [/(?<!(?:la|esta) )\bmañana\b/iu, 1],
    [/\bhoy\b/iu, 0],
  ],
  it: [
    [/\bdopodomani\b/iu, 2],
    [/\bdomani\b/iu, 1],
    [/\b(?:oggi|stasera)\b/iu, 0],
  ],
  nl: [
    [/\bovermorgen\b/iu, 2],
    [/(?<!(?:goede|vandaag|elke) )\bmorgen\b/iu, 1],
    [/\b(?:vandaag|vanavond)\b/iu, 0],
  ],
};

/** From the first to the thirty-first, without the ending of a case. */
const ORDINALS_SAID: Readonly<Record<string, string>> = {
  en: 'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first',
  de: 'erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte elfte zwölfte dreizehnte vierzehnte fünfzehnte sechzehnte siebzehnte achtzehnte neunzehnte zwanzigste einundzwanzigste zweiundzwanzigste dreiundzwanzigste vierundzwanzigste fünfundzwanzigste sechsundzwanzigste siebenundzwanzigste achtundzwanzigste neunundzwanzigste dreißigste einunddreißigste',
};
export const ordinalsIn = (language: string): readonly string[] =>
  ORDINALS_SAID[language]?.split(' ') ?? [];

/**
 * What stands around an hour; minutes from it; and, where they are said, whether they come on top
 * (1) or off (-1).
 */
type AroundHour = readonly [pattern: RegExp, minutes: number, said?: 1 | -1];

export const AROUND_HOUR: Readonly<Record<string, readonly AroundHour[]>> = {
  en: [
    [/\bhalf past (?<hour>\d{1,2})\b/iu, 30],
    [/\bquarter past (?<hour>\d{1,2})\b/iu, 15],
    [/\bquarter to (?<hour>\d{1,2})\b/iu, -15],
    [/\b(?<said>\d{1,2})(?: minutes)? past (?<hour>\d{1,2})\b/iu, 0, 1],
    // "From ten to twelve" is no time, nor is "nine to five".
    [/(?<!from )\b(?<said>5|10|20|25)(?: minutes)? to (?<hour>\d{1,2})\b/iu, 0, -1],
  ],
  de: [
    [/\b(?<said>\d{1,2})(?: minuten)? vor halb (?<hour>\d{1,2})\b/iu, -30, -1],
    [/\b(?<said>\d{1,2})(?: minuten)? nach halb (?<hour>\d{1,2})\b/iu, -30, 1],
    [/\bhalb (?<hour>\d{1,2})\b/iu, -30],
    [/\bviertel nach (?<hour>\d{1,2})\b/iu, 15],
    [/\b(?:viertel vor|dreiviertel) (?<hour>\d{1,2})\b/iu, -15],
    [/\b(?<said>\d{1,2})(?: minuten)? nach (?<hour>\d{1,2})\b/iu, 0, 1],
    [/\b(?<said>\d{1,2})(?: minuten)? vor (?<hour>\d{1,2})\b/iu, 0, -1],
  ],
  fr: [
    [/\b(?<hour>\d{1,2}) ?(?:h|heures?) et demie?\b/iu, 30],
    [/\b(?<hour>\d{1,2}) ?(?:h|heures?) et quart\b/iu, 15],
    [/\b(?<hour>\d{1,2}) ?(?:h|heures?) moins le quart\b/iu, -15],
    [/\b(?<hour>\d{1,2}) ?(?:h|heures?) moins (?<said>\d{1,2})\b/iu, 0, -1],
  ],
  es: [
    [/\blas (?<hour>\d{1,2}) y media\b/iu, 30],
    [/\blas (?<hour>\d{1,2}) y cuarto\b/iu, 15],
    [/\blas (?<hour>\d{1,2}) menos cuarto\b/iu, -15],
    [/\blas (?<hour>\d{1,2}) y (?<said>\d{1,2})\b/iu, 0, 1],
    [/\blas (?<hour>\d{1,2}) menos (?<said>\d{1,2})\b/iu, 0, -1],
  ],
  it: [
    [/\balle (?<hour>\d{1,2}) e mezz[ao]\b/iu, 30],
    [/\balle (?<hour>\d{1,2}) e un quarto\b/iu, 15],
    [/\balle (?<hour>\d{1,2}) meno un quarto\b/iu, -15],
    [/\balle (?<hour>\d{1,2}) e (?<said>\d{1,2})\b/iu, 0, 1],
    [/\balle (?<hour>\d{1,2}) meno (?<said>\d{1,2})\b/iu, 0, -1],
  ],
  nl: [
    [/\b(?<said>\d{1,2})(?: minuten)? voor half (?<hour>\d{1,2})\b/iu, -30, -1],
    [/\b(?<said>\d{1,2})(?: minuten)? over half (?<hour>\d{1,2})\b/iu, -30, 1],
    [/\bhalf (?<hour>\d{1,2})\b/iu, -30],
    [/\bkwart over (?<hour>\d{1,2})\b/iu, 15],
    [/\bkwart voor (?<hour>\d{1,2})\b/iu, -15],
    [/\b(?<said>\d{1,2})(?: minuten)? over (?<hour>\d{1,2})\b/iu, 0, 1],
    [/\b(?<said>\d{1,2})(?: minuten)? voor (?<hour>\d{1,2})\b/iu, 0, -1],
  ],
};

/**
 * Words for the half of the day, before noon and after it. Whoever says good evening names none.
 */
export const HALVES: Readonly<Record<string, Readonly<Record<'a' | 'p', RegExp>>>> = {
  en: {
    a: /(?<!good )\bmorning\b/iu,
    p: /(?<!good )\b(?:afternoon|evening)\b|\btonight\b/iu,
  },
  de: {
    a: /\bmorgens\b|(?<=(?:heute|am|tag|woch) )morgen\b|\bfrüh\b|vormittags?\b/iu,
    p: /(?<!guten )(?:abend|nachmittag)s?\b/iu,
  },
  fr: { a: /\bmatin\b/iu, p: /\bsoir\b|(?<!bon )après-midi\b/iu },
  es: { a: /\b(?:la|esta) mañana\b/iu, p: /\b(?:la|esta) (?:tarde|noche)\b/iu },
  it: { a: /\bmattin[ao]\b/iu, p: /(?<!buona )\bsera\b|\bstasera\b|(?<!buon )\bpomeriggio\b/iu },
  nl: {
    a: /\b(?:ochtends|morgens|vanochtend|vanmorgen)\b/iu,
    p: /\b(?:middags|avonds|vanmiddag|vanavond)\b/iu,
  },
};

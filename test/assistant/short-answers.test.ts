import { describe, expect, it } from 'vitest';
import {
  isDone,
  isFarewell,
  isPardon,
  isVoicemail,
  yesOrNo,
} from '../../functions/template/index.ts';

describe('yes or no', () => {
  it.each([
    ['Yes.', 'en'],
    ['Yes, please, book it', 'en'],
    ['Well, yeah, I can come', 'en'],
    ['OK', undefined],
    ['That’s right', 'en-US'],
    ['No problem', 'en'],
    ['Not a problem', 'en'],
    ['Uh-huh', 'en'],
    ['I think so', 'en'],
    ['Doch', 'de'],
    ['Tout à fait', 'fr'],
    ['Pas de souci', 'fr'],
    ['Creo que sí', 'es'],
    ['Assolutamente', 'it'],
    ['Dat is goed', 'nl'],
    ['Jazeker', 'nl'],
    ['Ähm, ja, gerne', 'de-DE'],
    ['Das passt', 'de'],
    ['Kein Problem', 'de'],
    ['Mhm', 'de'],
    ['Oui, bien sûr', 'fr'],
    ['Sí, claro', 'es-ES'],
    ['Va bene', 'it'],
    ['Das ist richtig', 'de'],
    ['Ich glaube schon', 'de'],
    ['Aber gerne', 'de'],
    ['Danke, gern', 'de'],
    ['Sounds great', 'en'],
    ['Mais oui', 'fr'],
    ['Ja, graag', 'nl'],
  ])('%j is a yes', (text, language) => expect(yesOrNo(text, language)).toBe('yes'));

  it.each([
    ['No.', 'en'],
    ['Oh no, sorry', 'en'],
    ["I'm afraid I can’t make it", 'en'],
    ['That does not suit me', 'en'],
    ['Nein, danke', 'de'],
    ['Das passt leider nicht', 'de'],
    ['Da kann ich nicht', 'de-AT'],
    ['Non, merci', 'fr'],
    ['No, gracias', 'es'],
    ['Non posso', 'it'],
    ['Liever niet', 'nl'],
    ['Para nada', 'es'],
    ['Assolutamente no', 'it'],
    ['Doch nicht', 'de'],
    ['Ich weiß, das geht nicht', 'de'],
    ['Nein, das geht ja nicht', 'de'],
    ['No, not on Tuesday, sure', 'en'],
    ['Keinesfalls', 'de'],
  ])('%j is a no', (text, language) => expect(yesOrNo(text, language)).toBe('no'));

  it.each([
    ['Yes, but not on Tuesday', 'en'],
    ['I don’t know', 'en'],
    ['Who is calling?', 'en'],
    ['Ja, aber nicht am Dienstag', 'de'],
    ['Das weiß ich nicht', 'de'],
    ['Nothing', 'en'],
    ['No idea', 'en'],
    ['I don’t really know', 'en'],
    ['No, wait, yes', 'en'],
    ['Keine Ahnung', 'de'],
    ['Das weiß ich leider noch nicht', 'de'],
    ['Nein, äh, ja', 'de'],
    ['Na ja', 'de'],
    ['No tengo ni idea', 'es'],
    ['Non ne ho idea', 'it'],
    ['Geen idee', 'nl'],
    ['', 'en'],
    ['yes', 'ja'],
    [`yes ${'and so on '.repeat(50)}`, 'en'],
  ])('%j is neither', (text, language) => expect(yesOrNo(text, language)).toBeUndefined());
});

describe('a machine', () => {
  it.each([
    "Hi, you've reached Tom. Please leave a message after the beep.",
    'The person you are calling is not available.',
    'Welcome to the voicemail of 0151 12345678',
    'I can’t take your call right now',
    'The number you have dialled is not in service',
    'Das ist die Mailbox von Anna Meier',
    'Bitte hinterlassen Sie eine Nachricht nach dem Signalton.',
    'Der gewünschte Gesprächspartner ist zurzeit nicht erreichbar',
    'Sprechen Sie bitte nach dem Piepton',
    'Kein Anschluss unter dieser Nummer',
    'Veuillez laisser un message après le bip',
    'Deje su mensaje después de la señal',
    'Lasciate un messaggio dopo il segnale acustico',
    'Spreek een bericht in na de toon',
    'Your call has been forwarded to an automated voice message system',
    'Votre correspondant n’est pas disponible',
    'El número al que llama no está disponible',
    'La persona chiamata non è al momento raggiungibile',
    'Ik ben nu niet bereikbaar',
  ])('speaks: %j', (text) => expect(isVoicemail(text)).toBe(true));

  it.each([
    'Hello?',
    'Meier',
    'Yes, this is Tom, who is calling?',
    "I can't come on Tuesday, I am not available",
    'I am at the office, can you call back?',
    'Ich bin am Dienstag leider nicht da',
    'Wer ist denn da?',
    'Can I give her a message?',
    'Did you leave a message?',
    'Can I leave a message?',
    'She is out. Would you like to leave a message?',
    'Möchten Sie eine Nachricht hinterlassen?',
    'Puis-je laisser un message ?',
    '¿Puedo dejar un mensaje?',
    'Posso lasciare un messaggio?',
    'Please say your name and why you are calling',
    'Herr Meier ist gerade nicht erreichbar, worum geht es?',
    'Did you get my voicemail?',
  ])('does not speak: %j', (text) => expect(isVoicemail(text)).toBe(false));
});

describe('somebody who wants nothing more', () => {
  it.each([
    ['No, thank you.', 'en'],
    ['Great, that’s all, thanks', 'en-US'],
    ['Thank you for your help', undefined],
    ['OK, bye', 'en'],
    ['Nein, danke', 'de'],
    ['Super, das war’s', 'de-DE'],
    ['Non, merci', 'fr'],
    ['No, gracias', 'es'],
    ['No, grazie', 'it'],
    ['Nee, dank u wel', 'nl'],
  ])('%j is done', (text, language) => expect(isDone(text, language)).toBe(true));

  it.each([
    ['No', 'en'],
    ['OK, great', 'en'],
    ['Thanks, and where is 4712?', 'en'],
    ['Nein', 'de'],
    ['Danke, und wann kommt sie?', 'de'],
    ['Thanks', 'pl'],
  ])('%j is not', (text, language) => expect(isDone(text, language)).toBe(false));

  it('has not said goodbye by that', () => {
    expect(isFarewell('No, thank you', 'en')).toBe(false);
    expect(isFarewell('No, thank you, bye', 'en')).toBe(true);
  });
});

describe('somebody who has not understood', () => {
  it.each([
    ['What?', 'en'],
    ['Sorry, could you say that again, please?', 'en-GB'],
    ['I didn’t get that', undefined],
    ['Wie bitte?', 'de'],
    ['Können Sie das bitte noch einmal wiederholen?', 'de'],
    ['Das habe ich nicht verstanden', 'de'],
    ['Pardon ?', 'fr'],
    ['Vous pouvez répéter, s’il vous plaît ?', 'fr'],
    ['¿Cómo?', 'es'],
    ['Scusi?', 'it'],
    ['Wat zegt u?', 'nl'],
  ])('%j asks again', (text, language) => expect(isPardon(text, language)).toBe(true));

  it.each([
    ['What time do you open?', 'en'],
    ['Please', 'en'],
    ['Hello?', 'en'],
    ['Was kostet das?', 'de'],
    ['What?', 'pl'],
  ])('%j does not', (text, language) => expect(isPardon(text, language)).toBe(false));
});

describe('a farewell', () => {
  it.each([
    ['Have a nice day!', 'en'],
    ['No, that’s all. Talk to you later.', 'en'],
    ['Schönen Tag noch', 'de'],
    ['Danke, Ihnen auch ein schönes Wochenende', 'de'],
    ['Tschüß', 'de'],
    ['Merci, bonne journée', 'fr'],
    ['Gracias, que tenga un buen día', 'es'],
    ['Grazie, buona giornata', 'it'],
    ['Dank je wel, fijne dag nog', 'nl'],
  ])('is %j in %s', (text, language) => expect(isFarewell(text, language)).toBe(true));

  it.each([
    ['I have a day off', 'en'],
    ['Bye the way, where is my parcel?', 'en'],
    ['Einen schönen guten Tag', 'de'],
    ['Bonne question', 'fr'],
    ['Buenos días', 'es'],
  ])('is not %j in %s', (text, language) => expect(isFarewell(text, language)).toBe(false));
});

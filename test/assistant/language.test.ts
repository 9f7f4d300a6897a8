import { describe, expect, it } from 'vitest';
import { textsOf, understood } from '../../functions/assistant/language.ts';
import { defineTemplate, later } from '../../functions/assistant/template.ts';
import { chosenOf } from '../../functions/assistant/template-choice.ts';
import type { ActionDraft } from '../../functions/protocol/actions.ts';
import { bargeIn, speak } from '../../functions/protocol/builders.ts';
import { templates } from '../../functions/templates/index.ts';
import {
  assistantConfigures,
  assistantSays,
  callerHangsUp,
  callerIsSilent,
  callerSays,
  triggered,
} from '../../local/play.ts';
import { playCall } from '../support/play-call.ts';

const ENGLISH = {
  fallback: 'Sorry?',
  hello: 'Hello.',
  help: 'How can I help?',
  silence: { ask: 'Are you there?', goodbye: 'Goodbye.' },
  voice: { provider: 'azure' as const, language: 'en-US', voice: 'en-US-JennyNeural' },
};
const SWISS = { fallback: 'Wie bitte?' };
type Words = typeof ENGLISH;
const GERMAN: Words = {
  fallback: 'Wie bitte?',
  hello: 'Guten Tag.',
  help: 'Was kann ich tun?',
  silence: { ask: 'Sind Sie da?', goodbye: 'Auf Wiederhören.' },
  voice: { provider: 'azure', language: 'de-DE', voice: 'de-DE-KatjaNeural' },
};

const bilingual = defineTemplate<Record<string, never>, null, Words>({
  language: 'en-US',
  texts: { en: ENGLISH, de: GERMAN },
  silence: ENGLISH.silence,
  onSessionStart: (_event, { texts }) => texts.hello,
  onUserSpeak({ text }, session) {
    if (/deutsch/i.test(text)) session.language = 'de-DE';
    if (/break/.test(text)) throw new Error('broken');
    return session.texts.help;
  },
});

describe('a call in two languages', () => {
  it('changes its voice, recogniser, texts and silence with the answer, and keeps them', async () => {
    const { timeline } = await playCall(bilingual, [
      assistantSays('Hello.'),
      callerSays('Deutsch, bitte'),
      assistantConfigures('transcription'),
      assistantSays('Was kann ich tun?'),
      callerSays('break it'),
      assistantSays('Wie bitte?'),
      callerIsSilent(8),
      assistantSays('Sind Sie da?'),
      callerHangsUp(),
    ]);
    const spoken = timeline().flatMap((entry) =>
      entry.kind === 'action' && entry.action.type === 'speak' ? [entry.action.tts] : [],
    );
    expect(spoken).toEqual([ENGLISH.voice, GERMAN.voice, GERMAN.voice, GERMAN.voice]);
    const configured = timeline().flatMap((entry) =>
      entry.kind === 'action' && entry.action.type === 'configure_transcription'
        ? [entry.action.languages]
        : [],
    );
    expect(configured).toEqual([['de-DE']]);
  });

  it.each(['job', 'trigger'] as const)(
    'tells the recogniser with what a %s says, too',
    async (what) => {
      const inGerman = (session: { language?: string | undefined; readonly texts: Words }) => {
        session.language = 'de-DE';
        return session.texts.help;
      };
      const flow = defineTemplate<Record<string, never>, string, Words>({
        language: 'en-US',
        texts: { en: ENGLISH, de: GERMAN },
        progress: 'One moment.',
        onSessionStart: (_event, { texts }) => texts.hello,
        onUserSpeak: () => later({ hold: 'Let me see.', job: 'look' }),
        onJob: (_job, session) => inGerman(session),
        onTrigger: (_trigger, session) => inGerman(session),
      });
      await playCall(flow, [
        assistantSays('Hello.'),
        ...(what === 'job'
          ? [callerSays('Deutsch, bitte'), assistantSays('Let me see.')]
          : [triggered({ context: 'german' })]),
        assistantConfigures('transcription'),
        assistantSays('Was kann ich tun?'),
        callerHangsUp(),
      ]);
    },
  );

  it('speaks the language of its call flow where it has no texts in another', () =>
    playCall(
      defineTemplate<Record<string, never>, null, Words>({
        language: 'de-DE',
        texts: { en: ENGLISH, de: GERMAN },
        onSessionStart: (_event, { texts }) => texts.hello,
        onUserSpeak({ text }, session) {
          if (/french/.test(text)) session.language = 'fr-FR';
          return session.texts.help;
        },
      }),
      [
        assistantSays(GERMAN.hello),
        callerSays('french'),
        assistantConfigures('transcription'),
        assistantSays(GERMAN.help),
        callerSays('And now?'),
        assistantSays(GERMAN.help),
        callerHangsUp(),
      ],
    ));

  it('tells the recogniser behind a barge_in, and not where the call flow has told it', () => {
    const heard = (own: readonly ActionDraft[]) =>
      understood(
        [...own, speak('Guten Tag.')],
        { ...bilingual, language: 'de-DE', transcription: { provider: 'AZURE' } },
        'en-US',
      ).map(({ type }) => type);
    expect(heard([])).toEqual(['configure_transcription', 'speak']);
    expect(heard([bargeIn()])).toEqual(['barge_in', 'configure_transcription', 'speak']);
    const own: ActionDraft = { type: 'configure_transcription', languages: ['de-CH'] };
    expect(heard([own])).toEqual(['configure_transcription', 'speak']);
  });

  it('has the texts of its very own language first, then of a kindred one, then the first', () => {
    const texts = { 'de-AT': GERMAN, 'de-CH': SWISS, en: ENGLISH };
    expect(textsOf({ texts }, 'DE-ch')).toBe(SWISS);
    expect(textsOf({ texts }, 'de-DE')).toBe(GERMAN);
    expect(textsOf({ texts }, 'en-GB')).toBe(ENGLISH);
    expect(textsOf({ texts, language: 'en-US' }, 'fr-FR')).toBe(ENGLISH);
    expect(textsOf({ texts }, 'fr-FR')).toBe(GERMAN);
    expect(textsOf({ texts })).toBe(GERMAN);
    expect(textsOf({})).toEqual({});
  });

  it('doesn’t compile where one of them lacks a text', () => {
    const { hello: _, ...lacking } = GERMAN;
    defineTemplate<Record<string, never>, null, Words>({
      // @ts-expect-error German has no hello.
      texts: { en: ENGLISH, de: lacking },
    });
    // @ts-expect-error Nor without a fallback in each of them, or for all.
    defineTemplate({ texts: { en: { voice: ENGLISH.voice } } });
  });
});

describe('order-status', () => {
  const choice = chosenOf(templates, {
    template: 'order-status',
    templateByNumber: { '+49 30 23125000': 'order-status:de-DE', '4930231251': 'order-status:de' },
  });

  it.each([
    ['493023125000', 'Ich suche noch.', 'de-DE'],
    ['4930231251', 'Ich suche noch.', 'de'],
    ['4420', 'I am still looking.', 'en-US'],
  ])('speaks the language of the number %s', (callee, progress, language) => {
    expect(choice.of({ callee })).toMatchObject({ progress, language });
  });

  it('goes on in the language that its caller has chosen', () => {
    expect(choice.of({ callee: '493023125000', language: 'en-GB' })).toMatchObject({
      progress: 'I am still looking.',
      language: 'en-GB',
    });
  });

  it('of a number is heard in German, from the first word on', () =>
    playCall(choice.of({ callee: '493023125000' }), [
      assistantConfigures('transcription'),
      assistantSays('aufgezeichnet'),
      assistantSays('Bestellnummer?'),
      callerSays('4711'),
      assistantSays('ich suche Bestellung 4711'),
      assistantSays('liegt verpackt'),
      callerHangsUp(),
    ]));
});

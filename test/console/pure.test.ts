import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseInterruption } from '../../functions/interruption/request.ts';
import { clockTime, fitted, ticks, zoomed } from '../../local/console/axis.ts';
import { commandsFor, python, quoted } from '../../local/console/commands.ts';
import { requestFrom } from '../../local/console/request.ts';
import { rateFor, restOf, voiceFor } from '../../local/console/speech.ts';
import { createWaits } from '../../local/console/waits.ts';

describe('the axis', () => {
  it('keeps what is under the pointer where it is', () => {
    const view = { from_ms: 10_000, px_per_s: 40, width: 800 };
    const near = zoomed(view, 2, 400);
    expect(near).toMatchObject({ px_per_s: 80, from_ms: 15_000 });
    expect(zoomed(near, 0.5, 400)).toMatchObject(view);
  });

  it('shows a call of half an hour whole, with times that can be read', () => {
    const view = fitted({ from_ms: 0, px_per_s: 40, width: 900 }, 1_800_000);
    expect(view.px_per_s).toBe(0.5);
    expect(ticks(view).map(({ label }) => label)).toEqual(
      Array.from({ length: 7 }, (_, n) => `${n * 5}:00`),
    );
  });

  it.each([
    [75.5, '1:15.5'],
    [6.94, '0:06.9'],
    [6.97, '0:07'],
    [59.96, '1:00'],
  ])('writes %d s as %s', (seconds, text) => expect(clockTime(seconds)).toBe(text));
});

describe('a request as commands', () => {
  const request = { target: { label: 'order:4711' }, say: `It's "here"`, urgent: true };

  it.each(commandsFor(request, 'http://127.0.0.1:3000').filter(({ name }) => name !== 'boto3'))(
    'a shell hands $name the very JSON',
    ({ text }) => {
      const words = execFileSync(
        'sh',
        ['-c', `for word in ${text}; do printf '%s\\0' "$word"; done`],
        {
          env: { InterruptionBusName: 'bus' },
        },
      );
      const jsons = String(words)
        .split('\0')
        .filter((word) => /^[[{]/.test(word))
        .map((word) => JSON.parse(word));
      const sent = Array.isArray(jsons[0]) ? JSON.parse(jsons[0][0].Detail) : jsons[0];
      expect(sent).toEqual(request);
    },
  );

  it('is Python for boto3', () => {
    expect(python({ a: [true, null], b: {} })).toBe(
      '{\n    "a": [\n        True,\n        None,\n    ],\n    "b": {},\n}',
    );
    expect(quoted("it's")).toBe(`'it'\\''s'`);
  });
});

describe('the form', () => {
  it.each([
    [{ say: 'Hi' }, { target: { session_id: 's' }, say: 'Hi' }],
    [
      { say: 'Hi', context: '{"a":1}' },
      { target: { session_id: 's' }, context: { a: 1 } },
    ],
    [
      { say: 'Hi', protect: 'on', whom: 'label', who: 'order:1', if_turn: '2', resume: 'on' },
      {
        target: { label: 'order:1' },
        say: { text: 'Hi', barge_in: { strategy: 'none' } },
        if_turn: 2,
        resume: true,
      },
    ],
    [
      { whom: 'everyone', then: 'hangup', id: 'x', when: 'after_current' },
      { target: { everyone: true }, then: [{ type: 'hangup' }], id: 'x', when: 'after_current' },
    ],
  ])('%j', (fields, request) => {
    expect(requestFrom(fields, 's')).toEqual(request);
    const defaults = { id: 'default', triggered_at: 0 };
    expect(() => parseInterruption(request, defaults as never, 0)).not.toThrow();
  });

  it.each([
    [{}, undefined, 'no call yet'],
    [{ whom: 'label' }, 's', 'which label'],
    [{ context: '{' }, 's', 'not JSON'],
  ])('says what is missing in %j', (fields, session_id, why) => {
    expect(() => requestFrom(fields, session_id)).toThrow(why);
  });
});

describe('a voice', () => {
  it('lasts about as long as the sentence', () => {
    expect(rateFor('A'.repeat(30), 2_000)).toBe(1);
    expect(rateFor('A'.repeat(30), 1_000)).toBe(2);
    expect(rateFor('A'.repeat(30), 0)).toBe(4);
  });

  it('joins in at the next word', () => {
    expect(restOf('Order 4711 is packed', 0, 2_000)).toBe('Order 4711 is packed');
    expect(restOf('Order 4711 is packed', 700, 2_000)).toBe('is packed');
    expect(restOf('Order 4711 is packed', 2_000, 2_000)).toBe('');
  });

  it('is of the language, best of the region', () => {
    const voices = ['en-GB', 'en_US', 'de-DE'].map((lang) => ({ lang, name: lang }));
    expect(voiceFor(voices, 'en-US')?.name).toBe('en_US');
    expect(voiceFor(voices, 'de-AT')?.name).toBe('de-DE');
    expect(voiceFor(voices, 'fr-FR')).toBeUndefined();
  });
});

describe('interruptions', () => {
  it('wait from when they were sent until they are told, or gone', () => {
    const waits = createWaits();
    waits.sent('a', 'HTTP', 1_000);
    waits.waiting(['a', 'b'], 1_200);
    expect(waits.list()).toMatchObject([
      { id: 'a', from_ms: 1_000 },
      { id: 'b', from_ms: 1_200 },
    ]);
    expect(waits.list()[0]).not.toHaveProperty('until_ms');
    waits.outcome(
      { detail_type: 'Interruption Delivered', detail: { interruption_id: 'a' } },
      3_000,
    );
    waits.outcome(
      { detail_type: 'Interruption Skipped', detail: { interruption_id: 'c', reason: 'expired' } },
      3_100,
    );
    waits.waiting([], 4_000);
    expect(waits.list()).toMatchObject([
      { id: 'a', until_ms: 3_000, words: ['delivered'] },
      { id: 'b', until_ms: 4_000, words: [] },
      { id: 'c', until_ms: 3_100, words: ['skipped: expired'] },
    ]);
  });
});

import { describe, expect, it, test } from 'vitest';
import template from '../../functions/templates/appointment.ts';
import { templateNamed } from '../../functions/templates/index.ts';
import {
  assistantConfigures,
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  assistantTransfers,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
  type Play,
  silenceFor,
  triggered,
} from '../../local/play.ts';
import { HOLD, keptCalendar, of } from '../support/kept-calendar.ts';
import { playCall } from '../support/play-call.ts';

const WELCOME = assistantSays('Welcome to the Fischer practice.');
const DAY = assistantSays('On which day');
const BYE = [assistantSays('Goodbye.'), assistantHangsUp()];

const wait = (ms: number) => new Promise<void>((go) => setTimeout(go, ms));
const asking = (...lines: Play): Play => [WELCOME, ...lines];

describe('an appointment is made', () => {
  it.each([
    ['in one sentence', [callerSays('I need an appointment on Tuesday at half past nine')]],
    [
      'step by step',
      [
        callerSays('A new one'),
        DAY,
        callerSays('Tuesday'),
        HOLD,
        assistantSays('there is'),
        callerSays('9:30'),
      ],
    ],
    ['by keys and words', [callerPresses('1'), DAY, callerSays('Tuesday at nine thirty')]],
    [
      'by nothing but a day',
      [callerSays('Tuesday?'), HOLD, assistantSays('there is'), callerSays('At half past nine')],
    ],
    [
      'after another day',
      [
        callerSays('Monday at 9:30'),
        HOLD,
        assistantSays('Shall I book it?'),
        callerSays('No, on Tuesday'),
      ],
    ],
  ])('%s', async (_, lines) => {
    const { kept, flow } = keptCalendar();
    await playCall(
      flow,
      asking(
        ...lines,
        HOLD,
        assistantSays(/^Tuesday, .*, at 9:30 AM, is free\. Shall I book it\?$/),
        callerSays('Yes'),
        HOLD,
        assistantSays('It is booked: Tuesday'),
        callerSays('No, thanks, bye'),
        ...BYE,
      ),
    );
    expect([...kept.values()]).toEqual(['2 09:30 4915112345678']);
  });

  it('once, though its job runs again', async () => {
    let tries = 0;
    const ids = new Set<string>();
    const { flow } = keptCalendar({
      async book({ id }) {
        ids.add(id);
        if (++tries === 1) throw new Error('the answer was lost');
        return true;
      },
    });
    await playCall(
      flow,
      asking(
        callerSays('Tuesday at 9:30'),
        HOLD,
        assistantSays('Shall I book it?'),
        callerSays('Yes'),
        HOLD,
        assistantSays('It is booked'),
        callerHangsUp(),
      ),
    );
    expect([tries, ids.size]).toEqual([2, 1]);
  });

  it('at another time, where somebody was quicker', async () => {
    let isTaken = false;
    const { flow } = keptCalendar({
      free: async () => (isTaken ? ['11:00'] : ['09:30', '11:00']),
      async book({ time }) {
        isTaken = true;
        return time !== '09:30';
      },
    });
    await playCall(
      flow,
      asking(
        callerSays('Tuesday at 9:30'),
        HOLD,
        assistantSays('Shall I book it?'),
        callerSays('Yes'),
        HOLD,
        assistantSays(/^9:30 AM is not free\. On Tuesday, .* there is 11:00 AM\./),
        callerSays('Then at eleven'),
        HOLD,
        assistantSays('Shall I book it?'),
        callerSays('Book it'),
        HOLD,
        assistantSays('It is booked'),
        callerHangsUp(),
      ),
    );
  });

  it('on another day, where nothing is free', async () => {
    await playCall(
      template,
      asking(
        callerSays('On Sunday'),
        HOLD,
        assistantSays('nothing is free. Which other day'),
        callerSays('Monday'),
        HOLD,
        assistantSays('there is 9:00 AM, 11:00 AM, or 4:00 PM'),
        callerHangsUp(),
      ),
    );
  });
});

describe('the one that somebody has', () => {
  it('is moved, and keeps its name', async () => {
    const { kept, flow } = keptCalendar({ of });
    await playCall(
      flow,
      asking(
        callerSays('I have to move my appointment'),
        HOLD,
        assistantSays('You have an appointment on Tuesday, January 1, at 11:00 AM.'),
        callerSays('Wednesday at nine'),
        HOLD,
        assistantSays('Shall I move your appointment there?'),
        callerSays('Yes, move it'),
        HOLD,
        assistantSays('It is booked: Wednesday'),
        callerHangsUp(),
      ),
    );
    expect([...kept]).toEqual([['known', '3 09:00 4915112345678']]);
  });

  it.each([
    ['Yes, cancel it', 'is cancelled', ['known']],
    ['No, wait', 'Then it stays as it is.', []],
  ])('is asked for before it is cancelled: %j', async (text, words, gone) => {
    const cancelled: string[] = [];
    const { flow } = keptCalendar({ of, cancel: async (id) => void cancelled.push(id) });
    await playCall(
      flow,
      asking(
        callerSays('I want to cancel'),
        HOLD,
        assistantSays('Shall I cancel it?'),
        callerSays(text),
        ...(gone.length > 0 ? [HOLD] : []),
        assistantSays(words),
        callerHangsUp(),
      ),
    );
    expect(cancelled).toEqual(gone);
  });

  it('is none: another one is made', async () => {
    await playCall(
      keptCalendar().flow,
      asking(
        callerPresses('2'),
        HOLD,
        assistantSays('I find no appointment'),
        callerSays('Yes'),
        DAY,
        callerHangsUp(),
      ),
    );
  });
});

describe('a bad day', () => {
  it('nobody speaks: it asks twice, and hangs up', async () => {
    const ask = [callerIsSilent(8), assistantSays('Are you still there?')];
    await playCall(
      template,
      asking(
        ...ask,
        ...ask,
        callerIsSilent(8),
        assistantSays('I can’t hear you.'),
        assistantHangsUp(),
      ),
    );
  });

  it('whoever listens cuts nothing, and says yes to a question', async () => {
    await playCall(
      template,
      asking(
        callerSays('Tuesday at nine thirty'),
        HOLD,
        assistantSays('Shall I book it?'),
        callerInterrupts('mhm', { after: 'Shall I book' }),
        HOLD,
        assistantSays('It is booked'),
        callerHangsUp(),
      ),
    );
  });

  it('a question is cut by what it asks for, and by a key', async () => {
    await playCall(
      template,
      asking(
        callerInterrupts('Cancel it, please', { after: 'Welcome' }),
        assistantIsCut({ by: 'caller' }),
        HOLD,
        assistantSays('Shall I cancel it?'),
        callerPresses('2', { after: 'You have' }),
        assistantIsCut({ by: 'app' }),
        assistantSays('Then it stays'),
        callerHangsUp(),
      ),
    );
  });

  it('goodbye comes early, and is taken back', async () => {
    await playCall(
      template,
      asking(
        callerSays('Thanks, bye'),
        assistantSays('Thank you for calling. Goodbye.'),
        callerInterrupts('Wait, Tuesday!', { after: 'Thank' }),
        assistantIsCut({ by: 'caller' }),
        HOLD,
        assistantSays('there is'),
        callerSays('bye'),
        ...BYE,
      ),
    );
  });

  it.each([true, false])('the calendar is slow (push: %s)', async (push) => {
    const { flow } = keptCalendar({
      async free() {
        await wait(9_000);
        return ['09:30'];
      },
    });
    await playCall(
      flow,
      asking(
        callerSays('Tuesday at 9:30'),
        HOLD,
        callerIsSilent(5),
        assistantSays('I am still looking.'),
        assistantSays('Shall I book it?'),
        callerHangsUp(),
      ),
      { push },
    );
  });

  it.each([true, false])(
    'the calendar is down, and a person takes over (push: %s)',
    async (push) => {
      const down = async () => {
        throw new Error('down');
      };
      const { flow } = keptCalendar({ free: down });
      await playCall(
        flow,
        asking(
          callerSays('Tuesday at 9:30'),
          HOLD,
          assistantSays('our calendar cannot be reached'),
          callerSays('A person, please'),
          assistantSays('I will put you through.'),
          assistantTransfers('493023125100'),
          assistantSays('Nobody is free'),
          assistantHangsUp(),
        ),
        { push, transfer: 'busy' },
      );
    },
  );

  it('a withheld number has no appointments', async () => {
    await playCall(
      template,
      asking(
        callerSays('Cancel my appointment'),
        assistantSays('yours is withheld'),
        assistantTransfers(),
        callerHangsUp(),
      ),
      { from: 'anonymous' },
    );
  });
});

describe('a time that becomes free', () => {
  const CHRISTMAS_EVE = [
    callerSays('December 24th'),
    HOLD,
    assistantSays('On Thursday, December 24 there is 11:00 AM.'),
  ];
  const free = (day: unknown, time: unknown, label = String(day)) =>
    triggered({ target: { label: `day:${label}` }, context: { day, time } });
  const { flow, kept } = keptCalendar({ free: async () => ['11:00'] });

  it('is offered to whoever looks for that day', async () => {
    await playCall(
      flow,
      asking(
        ...CHRISTMAS_EVE,
        free('2026-12-24', '09:30'),
        assistantSays('This has just become free: Thursday, December 24, at 9:30 AM'),
        callerSays('Yes'),
        HOLD,
        assistantSays('It is booked'),
        callerHangsUp(),
      ),
    );
    expect([...kept.values()]).toEqual(['4 09:30 4915112345678']);
  });

  it.each([
    ['of another day', free('2026-12-25', '09:30')],
    ['of another day, said of this one', free('2026-12-25', '09:30', '2026-12-24')],
    ['that is none', free('2026-12-24', 'half past nine')],
  ])('%s is nobody’s', async (_, trigger) => {
    await playCall(flow, asking(...CHRISTMAS_EVE, trigger, silenceFor(1), callerHangsUp()));
  });
});

test('in German', async () => {
  await playCall(templateNamed('appointment:de-DE'), [
    assistantConfigures('transcription'),
    assistantSays('Willkommen in der Praxis Fischer'),
    callerSays('Ich brauche einen Termin am Dienstag um halb zehn'),
    assistantSays('Einen Moment bitte.'),
    assistantSays(/^Dienstag, .* um 09:30 Uhr ist frei\. Soll ich den Termin eintragen\?$/),
    callerSays('Ja, gerne'),
    assistantSays('Einen Moment bitte.'),
    assistantSays('Ist eingetragen: Dienstag'),
    callerSays('Nein danke, tschüss'),
    assistantSays('Auf Wiederhören'),
    assistantHangsUp(),
  ]);
});

import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../functions/templates/appointment.ts';
import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
  type Play,
  type PlayCall,
} from '../../local/play.ts';
import { HOLD, keptCalendar, of } from '../support/kept-calendar.ts';
import { playCall } from '../support/play-call.ts';

describe('whoever is called', () => {
  const CALL: PlayCall = { direction: 'outbound' };
  const INTRODUCTION = assistantSays(/^Hello, this is the Fischer practice\.$/);
  const REMINDER = assistantSays('I call about your appointment');
  const MESSAGE = [
    assistantSays(
      /^Hello, this is the Fischer practice\. We remind you of your appointment on Tuesday, January 1/,
    ),
    assistantHangsUp(),
  ] as const;
  const called = (ways: Partial<Calendar>, ...lines: Play) => {
    const { flow, kept } = keptCalendar({ of, ...ways });
    return playCall(flow, lines, CALL).then((left) => ({ ...left, kept }));
  };

  it('says that they come', () =>
    called(
      {},
      INTRODUCTION,
      REMINDER,
      callerSays('Yes, sure'),
      assistantSays('Thank you. We are looking forward'),
      assistantHangsUp(),
    ));

  it('says who they are before they hear who calls', () =>
    called(
      {},
      INTRODUCTION,
      callerInterrupts('Meier, hello?', { after: 'Hello' }),
      assistantIsCut({ by: 'caller' }),
      REMINDER,
      callerSays('Who is calling, please?'),
      REMINDER,
      callerSays('Oh, yes'),
      assistantSays('Thank you. We are looking forward'),
      assistantHangsUp(),
    ));

  it('can’t come, and moves it', async () => {
    const { kept } = await called(
      {},
      INTRODUCTION,
      REMINDER,
      callerSays('I am afraid I can’t'),
      assistantSays('Would you like to change it'),
      callerSays('On Wednesday at nine'),
      HOLD,
      assistantSays('Shall I move your appointment there?'),
      callerPresses('1'),
      HOLD,
      assistantSays('It is booked'),
      callerHangsUp(),
    );
    expect([...kept]).toEqual([['known', '3 09:00 4915112345678']]);
  });

  it('is a machine that says so', () =>
    called(
      {},
      INTRODUCTION,
      REMINDER,
      callerInterrupts('Please leave a message after the beep', { after: 'I am' }),
      assistantIsCut({ by: 'caller' }),
      ...MESSAGE,
    ));

  it('is a machine that talks first, in pieces', () =>
    called(
      {},
      INTRODUCTION,
      callerInterrupts('You have reached the voicemail of Tom', { after: 'Hello' }),
      assistantIsCut({ by: 'caller' }),
      MESSAGE[0],
      callerInterrupts('Please speak after the tone', { after: 'Hello' }),
      assistantIsCut({ by: 'caller' }),
      ...MESSAGE,
    ));

  it('is a machine that answers nothing', () =>
    called({}, INTRODUCTION, REMINDER, callerIsSilent(5), ...MESSAGE));

  it('is a machine that talks about something else, and doesn’t stop', () =>
    called(
      {},
      INTRODUCTION,
      REMINDER,
      callerSays('Welcome to our company'),
      REMINDER,
      callerSays('All lines are busy'),
      REMINDER,
      callerSays('Welcome to our company'),
      MESSAGE[0],
      callerSays('All lines are busy'),
      assistantHangsUp(),
    ));

  it('is told without the calendar', () =>
    called(
      {
        of: async () => {
          throw new Error('down');
        },
      },
      INTRODUCTION,
      assistantSays('We would like to remind you of your appointment.'),
      assistantHangsUp(),
    ));

  it('has none any more', () =>
    called(
      { of: async () => undefined },
      INTRODUCTION,
      assistantSays('There is nothing that you need to do'),
      assistantHangsUp(),
    ));
});

import { describe, expect, it } from 'vitest';
import { dialled, InvalidCall, parseCall } from '../../functions/outbound/request.ts';

describe('a number', () => {
  it.each([
    '+493023125000',
    '493023125000',
    '00493023125000',
    ' +49 30 2312-5000 ',
    '+49 (0) 30 / 2312 5000',
    '49 (0)30 23125000',
    '(+49)(0)30.23125000',
  ])('is dialled from %j', (number) => {
    expect(dialled(number)).toBe('493023125000');
  });

  it.each([
    '',
    '+',
    '110',
    '030 23125000',
    '(0)30 23125000',
    '+49 30 CALL NOW',
    '+49+3023125000',
    '+4930231250001234',
    '+49;30231250',
  ])('is never guessed from %j', (number) => {
    expect(dialled(number)).toBeUndefined();
  });
});

describe('a call', () => {
  it('has its own id, or that of its envelope', () => {
    expect(parseCall({ to: '+49 30 23125000', id: 'reminder-7' }, 'event')).toEqual({
      to: '493023125000',
      id: 'reminder-7',
    });
    expect(parseCall({ to: '+49 30 23125000' }, 'event').id).toBe('event');
  });

  it.each([
    [undefined, undefined],
    [[], undefined],
    [{}, 'to'],
    [{ to: 493023125000 }, 'to'],
    [{ to: '030 23125000' }, 'to'],
    [{ to: '+493023125000', id: '' }, 'id'],
    [{ to: '+493023125000', id: 'x'.repeat(129) }, 'id'],
    [{ to: '+493023125000', say: 'Hello' }, 'say'],
    [{ Records: [] }, 'to'],
  ])('%j is none, and the error names the field', (value, field) => {
    expect(() => parseCall(value, 'event')).toThrow(
      expect.objectContaining({ name: 'InvalidCall', field }),
    );
    expect(() => parseCall(value, 'event')).toThrow(InvalidCall);
  });

  it.each([
    { to: '030 23125000' },
    { toPhoneNumber: '030 23125000' },
    { to: '+4912345678', tel: '030 23125000' },
  ])('leaves no number in the error: %j', (value) => {
    expect(() => parseCall(value, 'event')).toThrow(/got a string of 12|got nothing/);
    expect(() => parseCall(value, 'event')).not.toThrow('030 23125000');
  });
});

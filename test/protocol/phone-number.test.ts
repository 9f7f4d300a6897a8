import { describe, expect, it } from 'vitest';
import { readPhoneNumber } from '../../functions/protocol/phone-number.ts';

describe('a number', () => {
  it.each([
    '+4917639123456',
    '4917639123456',
    '004917639123456',
    ' +49 176 3912-3456 ',
    '+49 (0) 176 / 3912 3456',
    '+49(0)176.39123456',
    '(+49)(0)176 39123456',
    '+(49) 176 39123456',
    '0049 (0)176 39123456',
    '49 (0)176 39123456',
    '+49 0176 39123456',
    '+49\u00a0176\u202f39123456',
    '\u202a+49\u2011176\u201339123456\u202c',
    '＋４９（０）１７６ ３９１２３４５６',
    'tel:+49-176-39123456',
    'TEL:+4917639123456;phone-context=example.com',
    'tel:+49(176)39123456;isub=1',
    'tel:%2B4917639123456',
    'tel:0176-39123456;phone-context=+49',
    'tel:(0176)39123456;phone-context=+49',
    'tel:17639123456;Phone-Context=+49',
    'tel:004917639123456;phone-context=+49',
    'tel:39123456;phone-context=+49-176',
    'sip:+4917639123456@sipgate.de',
    'sip:4917639123456@sipgate.de:5060;user=phone',
    'sips:+49-176-39123456@[2001:db8::1]:5061;transport=tls?subject=a',
    'sip:+4917639123456:secret@sipgate.de',
    'sip:0176-39123456;phone-context=+49@sipgate.de;user=phone',
    'sip:%2B4917639123456@sipgate.de',
    '+4917639123456@sipgate.de',
    '"Anna" <sip:+4917639123456@sipgate.de>;tag=1',
    '<tel:+49-176-39123456>',
  ])('is read from %j', (text) => {
    expect(readPhoneNumber(text)).toBe('4917639123456');
  });

  it.each([
    ['+39 06 69812345', '390669812345'],
    ['+39 (0)6 69812345', '390669812345'],
    ['tel:06-69812345;phone-context=+39', '390669812345'],
    ['+1 (555) 010-0199', '15550100199'],
    ['tel:(555)555-0199;phone-context=+1', '15555550199'],
    ['+229 01 97 00 00 00', '2290197000000'],
    ['+888 123456789012', '888123456789012'],
  ])('of another country is read as it is dialled: %j', (text, digits) => {
    expect(readPhoneNumber(text)).toBe(digits);
  });

  it.each([
    ['national', '0176 39123456'],
    ['national, in brackets', '(0)176 39123456'],
    ['national, as an address', 'tel:0176-39123456'],
    ['local to a domain', 'tel:7042;phone-context=example.com'],
    ['national at a host', 'sip:017639123456@sipgate.de'],
    ['dialled from the United States', '011 49 176 39123456'],
    ['withheld', 'anonymous'],
    ['withheld, as an address', 'sip:anonymous@anonymous.invalid'],
    ['withheld by its host', 'sip:+4917639123456@anonymous.invalid'],
    ['unknown', 'Unknown'],
    ['restricted', 'restricted'],
    ['empty', ''],
    ['blank', ' \u00a0'],
    ['null', null],
    ['missing', undefined],
    ['a plus alone', '+'],
    ['a name', 'Anna Schmidt'],
    ['a name at a host', 'sip:anna@sipgate.de'],
    ['of 16 digits', '+4917639123456789'],
    ['two numbers', '+4917639123456, +4917639123457'],
    ['two numbers in one', '+49+17639123456'],
    ['with letters', '+49 800 SIPGATE'],
    ['with an extension', '+49 30 23125-000 ext. 12'],
    ['with an extension, as an address', 'tel:+493023125000;ext=12'],
    ['with keys to press after it', 'tel:+493023125000;postd=12'],
    ['with a pause', '+493023125000,12'],
    ['a plus and a trunk prefix', '+0176 39123456'],
    ['broken escapes', 'tel:%zz'],
    ['without end', '+49'.padEnd(60_000, '1')],
  ])('that is %s is none', (_kind, text) => {
    expect(readPhoneNumber(text)).toBeUndefined();
  });
});

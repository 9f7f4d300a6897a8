import { expect, test } from 'vitest';
import { callOptions } from '../../local/simulator/call-options.ts';
import { WEATHERS, weatherNamed } from '../../local/weathers.ts';

test.each(Object.entries(WEATHERS))('%s is one', (name, weather) => {
  expect(callOptions({ weather: weatherNamed(name) }).weather).toEqual(
    expect.objectContaining(weather),
  );
});

test('several, of which the later one counts', () => {
  expect(weatherNamed('no-reports,parallel')).toEqual({ assistant_speak: 'never', parallel: true });
  expect(weatherNamed('push-limited,push-broken')).toEqual({ external_api: 500 });
});

test.each(['fog', '', 'calm,', 'toString', 'no-reports, parallel'])(
  '%j is none: the names are told',
  (names) => {
    expect(() => weatherNamed(names)).toThrow(
      /There is no weather ".*": choose one of calm, no-reports, .*parallel/,
    );
  },
);

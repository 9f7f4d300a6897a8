import { expect, it } from 'vitest';
import { eventsIn } from '../../functions/models/server-sent-events.ts';
import { collected } from '../support/collected.ts';

async function* pieces(...texts: readonly string[]) {
  yield* texts;
}

it('an event is all of its data, however it comes in pieces, and none without an end', async () => {
  const stream = ': hello\n\ndata: one\ndata: two\n\nid: 7\r\ndata:three\r\n\r\ndata: four';
  const events = ['one\ntwo', 'three'];
  expect(await collected(eventsIn(pieces(stream)))).toEqual(events);
  expect(await collected(eventsIn(pieces(...stream)))).toEqual(events);
});

it('an event without end is not waited for', async () => {
  const endless = eventsIn(pieces('data: ', 'x'.repeat(600_000), 'x'.repeat(600_000)));
  await expect(collected(endless)).rejects.toThrow('too long');
});

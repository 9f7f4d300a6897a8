import { expect, test } from 'vitest';
import { server } from './support/server.ts';

test('the stream tells of calls and of what happens in them, as it happens', async () => {
  const { app, clock, simulator } = server();
  await clock.advance(0);
  const response = await app.request('/simulator/stream');
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const placed = simulator.place();
  placed.hangUp();
  await clock.advance(0);

  const notices: { type: string; session_id?: string }[] = [];
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  while (notices.length < 4) {
    const { value = '' } = (await reader?.read()) ?? {};
    for (const [, data = ''] of value.matchAll(/^data: (.*)$/gm)) notices.push(JSON.parse(data));
  }
  await reader?.cancel();
  const { session_id } = placed;
  expect(notices).toMatchObject([
    { type: 'call', call: { session_id, state: 'active' } },
    { type: 'timeline', session_id, entry: { kind: 'event', event: { type: 'session_start' } } },
    { type: 'timeline', session_id, entry: { kind: 'event', event: { type: 'session_end' } } },
    { type: 'call', call: { session_id, state: 'ended' } },
  ]);
});

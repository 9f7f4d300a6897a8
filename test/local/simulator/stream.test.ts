import { expect, test } from 'vitest';
import { server } from './support/server.ts';

test('the stream tells of calls, of what happens in them, and of outcomes, as it happens', async () => {
  const { app, clock, simulator, outcomes } = server();
  await clock.advance(0);
  const response = await app.request('/simulator/stream');
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const placed = simulator.place();
  placed.hangUp();
  await clock.advance(0);
  const outcome = {
    time: '2026-11-23T09:00:00Z',
    detail_type: 'Interruption Heard',
    detail: { took_ms: 40 },
  };
  outcomes.add(outcome);

  const notices: { type: string; session_id?: string }[] = [];
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  while (notices.length < 5) {
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
    { type: 'outcome', outcome },
  ]);
});

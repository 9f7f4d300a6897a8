import { describe, expect, test } from 'vitest';
import { server } from './support/server.ts';

const UNKNOWN = '550e8400-e29b-41d4-a716-446655440000';

describe('the external API', () => {
  const bearer = { authorization: 'Bearer secret' };
  const actions = (id: string) => `/simulator/sessions/${id}/actions`;

  test('takes one action or an array', async () => {
    const { call, post, timeline } = server();
    const action = { type: 'barge_in', session_id: call.session_id };
    expect(await post(actions(call.session_id), action, bearer)).toEqual({ status: 202, body: {} });
    expect(await post(actions(call.session_id), [action, action], bearer)).toEqual({
      status: 202,
      body: {},
    });
    expect(timeline('action')).toHaveLength(3);
    expect(timeline('action')[0]).toMatchObject({ action, source: 'external-api' });
  });

  test.each([{}, { authorization: 'secret' }, { authorization: 'Bearer other' }])(
    '401 with headers %j',
    async (headers) => {
      const { call, post } = server();
      const refused = await post(actions(call.session_id), [], headers as Record<string, string>);
      expect(refused).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } });
      expect((await post(actions(UNKNOWN), [], headers as Record<string, string>)).status).toBe(
        401,
      );
    },
  );

  test('404 for a call that is not live, from the moment of hang-up', async () => {
    const { call, post } = server();
    expect((await post(actions(UNKNOWN), [], bearer)).status).toBe(404);
    call.hangUp();
    expect((await post(actions(call.session_id), [], bearer)).status).toBe(404);
  });

  test.each(['"speak"', 'null', '[', '1', ''])('400 for %j, on the timeline, too', async (body) => {
    const { call, post, timeline } = server();
    expect((await post(actions(call.session_id), body, bearer)).status).toBe(400);
    expect(timeline('error')).toMatchObject([{ mistake: 'no_action' }]);
  });
});

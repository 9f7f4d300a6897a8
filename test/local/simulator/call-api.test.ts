import { describe, expect, test } from 'vitest';
import { AI_FLOW_ID } from '../../../local/simulator/behaviour.ts';
import { callApi } from '../../../local/simulator/call-api.ts';
import { phone } from './support/phone.ts';

const BEARER = { authorization: 'Bearer secret' };
const BODY = { billingDevice: 'e2', toPhoneNumber: '4917639123456' };

function setup() {
  const { simulator, call, events, clock } = phone();
  const api = callApi({ simulator, token: 'secret' });
  const post = (
    body: unknown = BODY,
    { flow = AI_FLOW_ID, headers = BEARER as Record<string, string> } = {},
  ) =>
    api.request(`/v3/ai-flows/${flow}/call`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { post, events, clock, placed: () => simulator.calls().filter((one) => one !== call) };
}

describe("AI Flow's REST API", () => {
  test('places an outbound call from the number of the flow', async () => {
    const { post, events, clock, placed } = setup();
    const response = await post();
    expect([response.status, await response.text()]).toEqual([201, '']);
    await clock.advance(0);
    expect(placed()).toHaveLength(1);
    const session_id = placed()[0]?.session_id;
    expect(events.find(({ session }) => session.id === session_id)).toEqual({
      type: 'session_start',
      session: {
        id: session_id,
        account_id: 'simulator',
        phone_number: '+493023125042',
        direction: 'outbound',
        from_phone_number: '+493023125042',
        to_phone_number: '4917639123456',
      },
    });
  });

  test.each([
    [401, BODY, { headers: {} }],
    [401, BODY, { headers: { authorization: 'Bearer other' } }],
    [404, BODY, { flow: 'another' }],
    [400, '', {}],
    [400, '[', {}],
    [400, { ...BODY, toPhoneNumber: '017639123456' }, {}],
    [400, { toPhoneNumber: BODY.toPhoneNumber }, {}],
    [400, { ...BODY, to: '4917639123456' }, {}],
  ])('%d for %j with %j, and no call', async (status, body, options) => {
    const { post, placed } = setup();
    const response = await post(body, options);
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('error.code');
    expect(placed()).toEqual([]);
  });
});

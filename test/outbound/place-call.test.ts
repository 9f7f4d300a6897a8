import { describe, expect, it } from 'vitest';
import { PostFailed, type PostRequest } from '../../functions/delivery/post.ts';
import { createPlaceCall } from '../../functions/outbound/place-call.ts';
import { manualClock } from '../support/manual-clock.ts';

function setup(
  answers: (number | Error)[],
  { aiFlowId = 'flow-1', took_ms = 0, token = 'old' as string | Error } = {},
) {
  const clock = manualClock();
  const requests: PostRequest[] = [];
  const placeCall = createPlaceCall({
    baseUrl: 'https://api.example',
    aiFlowId,
    billingDevice: 'e2',
    token: async (fresh) => {
      if (token instanceof Error) throw token;
      return fresh ? 'new' : token;
    },
    post: async (request) => {
      requests.push(request);
      if (took_ms > 0) await new Promise<void>((done) => clock.after(took_ms, done));
      const answer = answers[requests.length - 1] ?? answers.at(-1);
      if (typeof answer === 'number') return answer;
      throw answer;
    },
    clock,
    random: () => 1,
  });
  const place = async () => {
    const placing = placeCall({ to: '4917639123456' });
    await clock.advance(60_000);
    return placing;
  };
  return { requests, place };
}

const unsent = new PostFailed('connect ECONNREFUSED', false);

describe('placing a call', () => {
  it('sends what the documentation shows', async () => {
    const { requests, place } = setup([201]);
    expect(await place()).toEqual({ status: 'placed' });
    expect(requests).toEqual([
      {
        method: 'POST',
        url: 'https://api.example/v3/ai-flows/flow-1/call',
        headers: { 'content-type': 'application/json', Authorization: 'Bearer old' },
        body: '{"billingDevice":"e2","toPhoneNumber":"4917639123456"}',
      },
    ]);
  });

  it('keeps the id of the flow in its place in the URL', async () => {
    const { requests, place } = setup([201], { aiFlowId: 'a/../b' });
    await place();
    expect(requests[0]?.url).toBe('https://api.example/v3/ai-flows/a%2F..%2Fb/call');
  });

  it.each([200, 202, 204])('takes %d for placed, too: a telephone may ring', async (status) => {
    const { requests, place } = setup([status]);
    expect(await place()).toEqual({ status: 'placed' });
    expect(requests).toHaveLength(1);
  });

  it.each([
    [400, 'phone number'],
    [404, 'aiFlowId'],
    [403, 'sipgate has released outbound calls'],
    [302, '302'],
  ])('is refused for good with %d, and says what to do', async (status, remedy) => {
    const { requests, place } = setup([status]);
    const message = expect.stringContaining(remedy);
    expect(await place()).toEqual({
      status: 'refused',
      code: 'refused',
      message,
      retryable: false,
    });
    expect(requests).toHaveLength(1);
  });

  it('reads the token once more when it is refused', async () => {
    const { requests, place } = setup([401, 201]);
    expect(await place()).toEqual({ status: 'placed' });
    expect(requests.map(({ headers }) => headers.Authorization)).toEqual([
      'Bearer old',
      'Bearer new',
    ]);
    const twice = setup([401]);
    expect(await twice.place()).toMatchObject({ status: 'refused', retryable: false });
    expect(twice.requests).toHaveLength(2);
  });

  it('calls nobody without a token', async () => {
    const { requests, place } = setup([201], { token: new Error('no network') });
    expect(await place()).toMatchObject({
      status: 'refused',
      code: 'secret_unavailable',
      retryable: true,
    });
    expect(requests).toEqual([]);
  });

  it.each([
    [429, 'refused'],
    [503, 'refused'],
    [unsent, 'unreachable'],
  ])('tries %s again, twice', async (failure, code) => {
    const { requests, place } = setup([failure, failure, 201]);
    expect(await place()).toEqual({ status: 'placed' });
    expect(requests).toHaveLength(3);
    const lost = setup([failure]);
    expect(await lost.place()).toMatchObject({ status: 'refused', code, retryable: true });
    expect(lost.requests).toHaveLength(3);
  });

  it.each([500, 502, 504, new PostFailed('no answer within 8000 ms', true)])(
    'never places a call twice that may have been placed: %s',
    async (failure) => {
      const { requests, place } = setup([failure, 201]);
      expect(await place()).toMatchObject({ status: 'in_doubt' });
      expect(requests).toHaveLength(1);
    },
  );

  it('is in doubt when only the repetition is', async () => {
    const { requests, place } = setup([503, 500, 201]);
    expect(await place()).toMatchObject({ status: 'in_doubt' });
    expect(requests).toHaveLength(2);
  });

  it('ends within the 20 seconds that the function has', async () => {
    const { requests, place } = setup([503], { took_ms: 7_900 });
    expect(await place()).toMatchObject({ status: 'refused', retryable: true });
    expect(requests.length).toBeLessThanOrEqual(2);
  });
});

import { describe, expect, it } from 'vitest';
import { PostFailed, type PostRequest } from '../../functions/delivery/post.ts';
import { createWebSocket } from '../../functions/delivery/websocket.ts';
import { manualClock } from '../support/manual-clock.ts';

const ENDPOINT = 'https://abc.execute-api.eu-central-1.amazonaws.com/live';
const ACTIONS = [{ type: 'barge_in' as const, session_id: 'a' }];

function setup(...answers: (number | Error)[]) {
  const clock = manualClock();
  const requests: PostRequest[] = [];
  const channel = createWebSocket({
    endpoint: ENDPOINT,
    sign: async ({ headers }) => ({ ...headers, authorization: `signed ${requests.length + 1}` }),
    post: async (request) => {
      requests.push(request);
      const answer = answers[requests.length - 1] ?? answers.at(-1);
      if (typeof answer === 'number') return answer;
      throw answer;
    },
    clock,
    random: () => 1,
  });
  const send = async (actions: Parameters<typeof channel.send>[1] = ACTIONS, within = 30_000) => {
    const pending = channel.send('L0SM9cOFvHcCIhw=', actions, clock.now() + within);
    await clock.advance(5_000);
    return pending;
  };
  return { requests, send };
}

const unsent = new PostFailed('connect ECONNREFUSED', false);

describe('the WebSocket', () => {
  it('is written to by one signed request, whose body is the frame', async () => {
    const { requests, send } = setup(200);
    expect(await send()).toEqual({ status: 'delivered' });
    expect(requests).toEqual([
      {
        method: 'POST',
        url: `${ENDPOINT}/@connections/L0SM9cOFvHcCIhw%3D`,
        headers: { 'content-type': 'application/octet-stream', authorization: 'signed 1' },
        body: JSON.stringify(ACTIONS),
      },
    ]);
  });

  it('may be gone', async () => {
    const { requests, send } = setup(410);
    expect(await send()).toEqual({ status: 'gone' });
    expect(requests).toHaveLength(1);
  });

  it('takes 128 KiB and not a byte more, which is not even tried', async () => {
    const frame = (bytes: number) => {
      const empty = Buffer.byteLength(
        JSON.stringify([{ type: 'speak', text: '', session_id: 'a' }]),
      );
      return [{ type: 'speak' as const, text: 'x'.repeat(bytes - empty), session_id: 'a' }];
    };
    const { requests, send } = setup(200);
    expect(await send(frame(128 * 1024))).toEqual({ status: 'delivered' });
    expect(await send(frame(128 * 1024 + 1))).toMatchObject({
      status: 'refused',
      code: 'too_large',
      message: expect.stringContaining('got 131073 bytes'),
      retryable: false,
    });
    expect(requests).toHaveLength(1);
  });

  it('is tried three times while nothing can have left, signed anew', async () => {
    const { requests, send } = setup(unsent, 429, 200);
    expect(await send()).toEqual({ status: 'delivered' });
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      'signed 1',
      'signed 2',
      'signed 3',
    ]);
  });

  it('may be tried again by the source when that did not help', async () => {
    for (const answer of [unsent, 429, 503]) {
      const { requests, send } = setup(answer);
      expect(await send()).toMatchObject({ status: 'refused', retryable: true });
      expect(requests).toHaveLength(3);
    }
  });

  it('is not tried again when it is too late', async () => {
    const { requests, send } = setup(429);
    expect(await send(ACTIONS, 50)).toMatchObject({ status: 'refused', retryable: true });
    expect(requests).toHaveLength(1);
  });

  it.each([new PostFailed('socket hang up', true), 500, 502, 504])(
    'is never tried again after %s',
    async (answer) => {
      const { requests, send } = setup(answer);
      expect(await send()).toMatchObject({ status: 'in_doubt' });
      expect(requests).toHaveLength(1);
    },
  );

  it.each([
    [403, 'refused', 'execute-api:ManageConnections'],
    [413, 'too_large', 'say less'],
  ])('says what to do about %i', async (status, code, remedy) => {
    const message = expect.stringContaining(remedy);
    expect(await setup(status).send()).toMatchObject({
      status: 'refused',
      code,
      message,
      retryable: false,
    });
  });
});

import { expect, it } from 'vitest';
import { createInvocation } from '../../functions/delivery/invocation.ts';
import type { PostRequest } from '../../functions/delivery/post.ts';

const url = 'https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions/job/invocations';

/** Lambda, which says these in order to whoever invokes a function. */
function setup(...answers: (number | Error)[]) {
  const requests: PostRequest[] = [];
  const invoke = createInvocation({
    url,
    sign: async ({ headers }) => ({ ...headers, authorization: 'AWS4' }),
    async post(request) {
      requests.push(request);
      const answer = answers[requests.length - 1] as number | Error;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { requests, invoke };
}
const NEVER = new AbortController().signal;
const RESET = new Error('socket hang up');

it('hands a payload over without waiting for what becomes of it', async () => {
  const { requests, invoke } = setup(202);
  await invoke({ job: 1 }, NEVER);
  expect(requests).toEqual([
    {
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        'x-amz-invocation-type': 'Event',
        authorization: 'AWS4',
      },
      body: '{"job":1}',
    },
  ]);
});

it.each([429, 500, RESET])('tries once more after %s', async (failure) => {
  const { requests, invoke } = setup(failure, 202);
  await invoke({}, NEVER);
  expect(requests).toHaveLength(2);
});

it.each<[number | Error, string]>([
  [403, 'Lambda answered 403: check JOB_FUNCTION_URL and the permission lambda:InvokeFunction'],
  [RESET, 'socket hang up'],
])('says why neither try was taken: %s', async (failure, message) => {
  const { requests, invoke } = setup(500, failure, 202);
  await expect(invoke({}, NEVER)).rejects.toThrow(message);
  expect(requests).toHaveLength(2);
});

it('isn’t tried again for whom nobody waits any more', async () => {
  const { requests, invoke } = setup(500, 202);
  await expect(invoke({}, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  expect(requests).toHaveLength(1);
});

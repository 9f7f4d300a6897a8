import * as z from 'zod/mini';
import {
  defineTemplate,
  hangup,
  later,
  type TemplateContext,
  withContext,
} from '../../functions/template/index.ts';

type Memory = { order: string };
type Job = { order: string };

/** Where an order is; nothing if the shop has none of that number. Rejects if it can't be asked. */
export type AskShop = (order: string, context: TemplateContext) => Promise<string | undefined>;

/** The call flow; a test hands in its own `askShop`. */
export const flow = (askShop: AskShop) =>
  defineTemplate<Memory, Job>({
    env: ['SHOP_URL'],
    secrets: ['SHOP_KEY'],
    fallback: 'Sorry, could you say that again?',
    progress: 'I am still looking.',
    apology: 'Our shop cannot be reached. Please try again later.',

    onSessionStart: () => 'Hello! What is your order number?',

    onUserSpeak({ text }, { state, labels }) {
      if (/\b(good ?bye|bye|no,? thank)/i.test(text)) return ['Goodbye!', hangup()];
      const order = /\d{4,}/.exec(text)?.[0] ?? state.order;
      if (!order) return 'I need the number on your receipt.';
      state.order = order;
      // An interruption finds the call by this.
      labels.add(`order:${order}`);
      return later({ hold: 'One moment, let me check.', job: { order } });
    },

    async onJob({ order }, _session, context) {
      const status = await askShop(order, context);
      context.log.info('asked', { found: status !== undefined });
      return status
        ? `Order ${order} is ${status}. Anything else?`
        : `There is no order ${order}. What is its number?`;
    },

    onTrigger: withContext(
      z.object({ status: z.string() }),
      ({ context }) => `Good news: your order is ${context.status}.`,
    ),
  });

export default flow(async (order, { env, secret, signal }) => {
  const request = async (fresh: boolean) =>
    fetch(new URL(`/orders/${encodeURIComponent(order)}`, env.SHOP_URL), {
      headers: { authorization: `Bearer ${await secret('SHOP_KEY', { fresh })}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
    });
  let answer = await request(false);
  // The key has been changed since it was read.
  if (answer.status === 401) answer = await request(true);
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new ShopFailed(answer.status);
  return ((await answer.json()) as { status: string }).status;
});

class ShopFailed extends Error {
  override readonly name = 'ShopFailed';
  /** Its message may be logged: it has nothing of the call in it. */
  readonly expose = true;

  constructor(status: number) {
    super(`the shop answered ${status}`);
  }
}

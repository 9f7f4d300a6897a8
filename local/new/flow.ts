import * as z from 'zod/mini';
import {
  ApiFailed,
  askApi,
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

export default flow(async (order, context) => {
  const url = new URL(`/orders/${encodeURIComponent(order)}`, context.env.SHOP_URL).href;
  const answer = await askApi({ url, key: 'SHOP_KEY', within_ms: 5_000 }, context);
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new ApiFailed('the shop', answer);
  return ((await answer.json()) as { status: string }).status;
});

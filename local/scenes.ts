import {
  alarmEvent,
  alarmMessage,
  event,
  healthEvent,
  onBus,
  overHttp,
  pipelineEvent,
  queued,
  s3Event,
  s3Message,
  s3Test,
  stateContext,
  topicMessage,
} from './aws-envelopes.ts';

/** What AWS hands to the interrupt function, in a recipe of `docs/triggers.md`. */
export interface Scene {
  /** The recipe's heading there. */
  readonly recipe: string;
  /** What callers hear of it; nothing of what isn't for them. */
  readonly says?: string;
  readonly payload: (now: Date) => unknown;
}

/** Whom the recipes are about: in a play nobody else has these. */
export const HOTLINE = '+493023125900';
export const CALLER = '+4917612340815';
export const ORDER = '8254';
/** Of Cognito's, the caller's `sub`. */
export const USER = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';

const EVERYBODY = { callee: HOTLINE };
const about = (status: string) => ({ target: { label: `order:${ORDER}` }, context: { status } });
const SHIPPED = about('shipped');
const NEWS = `Good news! Order ${ORDER} has left our warehouse`;
const NOTICE = 'Größe 44 is back (10% off until Sunday evening).pdf';

const byRule = (interruption: object, of: (now: Date) => object) => (now: Date) => ({
  interruption,
  event: of(now),
});
const byPipe = (interruption: object, of: (now: Date) => object) => (now: Date) => [
  { interruption, event: of(now) },
];

const fromTopic = {
  target: EVERYBODY,
  say: 'There is news: {$.body.Message.Records[0].s3.object.key}',
};
const tellAlarm = { target: EVERYBODY, say: '$.body.Message.AlarmDescription' };

/** One for each recipe, and for what comes beside: `npm run call -- triggers`. */
export const SCENES: readonly Scene[] = [
  {
    recipe: 'CloudWatch alarm, by EventBridge',
    says: 'Our shop has a problem at the moment, and we are working on it already.',
    payload: byRule(
      { target: EVERYBODY, say: '$.detail.configuration.description' },
      alarmEvent('Our shop has a problem at the moment, and we are working on it already.'),
    ),
  },
  {
    recipe: 'CloudWatch alarm, by SNS',
    says: 'Our warehouse is cut off at the moment: parcels will be a day late.',
    payload: byPipe(
      tellAlarm,
      topicMessage(
        alarmMessage('Our warehouse is cut off at the moment: parcels will be a day late.'),
      ),
    ),
  },
  {
    recipe: 'S3 upload, by EventBridge',
    says: 'Your receipt has just been written, and is on its way to you by mail.',
    payload: byRule(
      {
        target: { label: 'order:{$.detail.object.key}' },
        say: 'Your receipt has just been written, and is on its way to you by mail.',
      },
      s3Event(ORDER),
    ),
  },
  { recipe: 'S3 upload, by SNS', payload: byPipe(fromTopic, topicMessage(s3Test)) },
  {
    recipe: 'S3 upload, by SNS',
    says: `There is news: ${NOTICE}`,
    payload: byPipe(fromTopic, topicMessage(s3Message(NOTICE))),
  },
  {
    recipe: 'AWS Health',
    says: 'Our cloud has a disturbance: answers may take a little longer for a while.',
    payload: byRule(
      {
        target: EVERYBODY,
        say: 'Our cloud has a disturbance: answers may take a little longer for a while.',
      },
      healthEvent,
    ),
  },
  {
    recipe: 'CodePipeline',
    says: 'Our new shop is online: please try again what has not worked before.',
    payload: byRule(
      {
        target: EVERYBODY,
        say: 'Our new shop is online: please try again what has not worked before.',
      },
      pipelineEvent,
    ),
  },
  {
    recipe: 'IoT rule',
    says: 'Your parcel locker is open now: please take out what is yours.',
    payload: (now) => ({
      Records: [
        queued({
          target: { label: `order:${ORDER}` },
          say: 'Your parcel locker is open now: please take out what is yours.',
        })(now),
      ],
    }),
  },
  {
    recipe: 'Cognito',
    says: 'Thank you, you are signed in now, and we can talk about your order.',
    payload: onBus('Signed In', {
      id: `signed-in-${USER}`,
      target: { caller: CALLER },
      say: 'Thank you, you are signed in now, and we can talk about your order.',
    }),
  },
  {
    recipe: 'Another account',
    says: NEWS,
    payload: byRule(
      {
        target: { label: 'order:{$.detail.orderId}' },
        context: { status: '$.detail.status' },
      },
      event(
        'shop',
        'Order Shipped',
        { orderId: Number(ORDER), status: 'shipped' },
        { account: '111111111111' },
      ),
    ),
  },
  {
    recipe: 'EventBridge Scheduler',
    says: 'Your pizza comes out of the oven now, and will be with you in ten minutes.',
    payload: (now) => ({
      interruption: {
        target: { label: `order:${ORDER}` },
        say: 'Your pizza comes out of the oven now, and will be with you in ten minutes.',
      },
      schedule: {
        arn: `arn:aws:scheduler:eu-central-1:123456789012:schedule/calls/order-${ORDER}`,
        time: now.toISOString().replace(/\.\d+/, ''),
      },
    }),
  },
  {
    recipe: 'Step Functions',
    says: NEWS,
    payload: (now) => ({ interruption: SHIPPED, execution: stateContext({ orderId: ORDER })(now) }),
  },
  {
    recipe: 'Lambda in Node',
    says: NEWS,
    payload: onBus('Order Shipped', { id: `shipped-${ORDER}`, ...SHIPPED }),
  },
  {
    recipe: 'Lambda in Python',
    says: `Good news! Order ${ORDER} is in front of your door.`,
    payload: onBus('Order Delivered', { id: `delivered-${ORDER}`, ...about('delivered') }),
  },
  {
    recipe: 'EC2 or a container',
    says: 'Your order is being packed now, and will leave our warehouse this evening.',
    payload: overHttp({
      target: { label: `order:${ORDER}` },
      say: 'Your order is being packed now, and will leave our warehouse this evening.',
      id: `packing-${ORDER}`,
    }),
  },
  {
    recipe: 'Webhooks of others, and API destinations',
    says: `Good news! Order ${ORDER} is packed`,
    payload: onBus('Order Packed', { id: `packed-${ORDER}`, ...about('packed') }),
  },
];

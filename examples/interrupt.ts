/**
 * Interrupts a call with the SDK for JavaScript. Under `npm start`:
 * AWS_ENDPOINT_URL_EVENTBRIDGE=http://127.0.0.1:3000/eventbridge AWS_REGION=local AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local \
 *   node examples/interrupt.ts '{"label": "order:4711"}' 'Your parcel has been shipped.'
 */
import { randomUUID } from 'node:crypto';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

const [target = '', say] = process.argv.slice(2);
const interruption = { target: JSON.parse(target), say, id: randomUUID() };
const entry = {
  EventBusName: process.env.INTERRUPTION_BUS ?? 'default',
  Source: 'examples',
  DetailType: 'Interruption',
  Detail: JSON.stringify(interruption),
};
const { FailedEntryCount } = await new EventBridgeClient().send(
  new PutEventsCommand({ Entries: [entry] }),
);
if (FailedEntryCount) throw new Error('the bus has not taken it');

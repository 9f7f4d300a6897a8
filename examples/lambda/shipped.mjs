// A Lambda function in Node that interrupts: docs/triggers.md. The SDK is in Lambda's runtime.
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

const bus = new EventBridgeClient();

export async function handler({ orderId }) {
  const interruption = {
    id: `shipped-${orderId}`, // however often this is repeated, a caller hears it once
    target: { label: `order:${orderId}` },
    context: { status: 'shipped' },
  };
  const entry = {
    EventBusName: process.env.INTERRUPTION_BUS,
    Source: 'shop',
    DetailType: 'Order Shipped',
    Detail: JSON.stringify(interruption),
  };
  const { FailedEntryCount } = await bus.send(new PutEventsCommand({ Entries: [entry] }));
  if (FailedEntryCount) throw new Error('the bus has not taken it');
}

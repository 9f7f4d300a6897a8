// Cognito's post-authentication trigger: whoever signs in while on the phone hears so at once. docs/triggers.md.
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

const bus = new EventBridgeClient();

export async function handler(event) {
  const { phone_number: caller, sub } = event.request.userAttributes;
  if (!caller) return event;
  const interruption = {
    id: `signed-in-${sub}`, // once in a call, however often Cognito repeats the trigger
    target: { caller },
    say: 'Thank you, you are signed in now, and we can talk about your order.',
  };
  const entry = {
    EventBusName: process.env.INTERRUPTION_BUS,
    Source: 'users',
    DetailType: 'Signed In',
    Detail: JSON.stringify(interruption),
  };
  // Nobody's sign-in fails because of a call: Cognito waits five seconds, and tries three times.
  await bus.send(new PutEventsCommand({ Entries: [entry] })).catch(console.error);
  return event;
}

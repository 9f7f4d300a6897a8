import { z } from 'zod';

/** What every peer does with an event: it is checked, its turn is counted in DynamoDB, and it is answered with a sentence. */
export const eventSchema = z.object({
  type: z.string().min(1),
  session: z.object({ id: z.string().min(1).max(128) }),
  text: z.string().optional(),
});
export type Event = z.infer<typeof eventSchema>;

export const answerTo = ({ session, text }: Event, turn: number) => [
  { type: 'speak', session_id: session.id, text: text ? `You said ${text}.` : `Hello, ${turn}!` },
];

/** The one `UpdateItem`, as the document client takes it. */
export const countTurn = ({ session }: Event) => ({
  TableName: process.env.SESSIONS_TABLE,
  Key: { pk: `SESSION#${session.id}`, sk: 'SESSION' },
  UpdateExpression: 'SET expires_at = :expiry ADD turn :one',
  ExpressionAttributeValues: { ':expiry': Math.floor(Date.now() / 1000) + 14_400, ':one': 1 },
  ReturnValues: 'ALL_NEW' as const,
});

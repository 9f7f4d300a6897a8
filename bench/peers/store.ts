import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { countTurn, type Event } from './conversation.ts';

const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** Counts the turn by the document client, as recipes do. */
export async function turnOf(event: Event): Promise<number> {
  const { Attributes } = await documents.send(new UpdateCommand(countTurn(event)));
  return Number(Attributes?.turn);
}

import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2 } from 'aws-lambda';
import { answerTo, countTurn, eventSchema } from './conversation.ts';
import { isToken } from './token.ts';

const client = new DynamoDBClient({});

/** The client without the document client around it. */
export async function handler({
  headers,
  body = '',
}: APIGatewayProxyEventV2): Promise<APIGatewayProxyResultV2> {
  if (!(await isToken(headers['x-api-token']))) return { statusCode: 401 };
  const event = eventSchema.safeParse(JSON.parse(body));
  if (!event.success) return { statusCode: 400, body: event.error.message };
  const { Key, ExpressionAttributeValues: values, ...input } = countTurn(event.data);
  const { Attributes } = await client.send(
    new UpdateItemCommand({
      ...input,
      Key: { pk: { S: Key.pk }, sk: { S: Key.sk } },
      ExpressionAttributeValues: {
        ':expiry': { N: String(values[':expiry']) },
        ':one': { N: '1' },
      },
    }),
  );
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answerTo(event.data, Number(Attributes?.turn?.N))),
  };
}

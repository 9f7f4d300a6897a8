import { timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2 } from 'aws-lambda';
import { call, hash } from './signed.ts';

/* The limit: nothing is imported, nothing is checked that AI Flow wouldn't send, one service in one region is asked. */

const { SESSIONS_TABLE: TableName, WEBHOOK_TOKEN, WEBHOOK_TOKEN_SECRET_ARN } = process.env;

const expected = WEBHOOK_TOKEN_SECRET_ARN
  ? call('secretsmanager', '1.1', 'secretsmanager.GetSecretValue', {
      SecretId: WEBHOOK_TOKEN_SECRET_ARN,
    }).then(({ SecretString }) => SecretString ?? '')
  : Promise.resolve(WEBHOOK_TOKEN ?? '');

export async function handler({
  headers,
  body = '',
}: APIGatewayProxyEventV2): Promise<APIGatewayProxyResultV2> {
  const [sent, own] = [headers['x-api-token'] ?? '', await expected].map(hash);
  if (!timingSafeEqual(Buffer.from(sent ?? ''), Buffer.from(own ?? ''))) return { statusCode: 401 };
  const event = JSON.parse(body);
  if (!event.type || !event.session?.id) return { statusCode: 400 };
  const { Attributes } = await call('dynamodb', '1.0', 'DynamoDB_20120810.UpdateItem', {
    TableName,
    Key: { pk: { S: `SESSION#${event.session.id}` }, sk: { S: 'SESSION' } },
    UpdateExpression: 'SET expires_at = :expiry ADD turn :one',
    ExpressionAttributeValues: {
      ':expiry': { N: String(Math.floor(Date.now() / 1000) + 14_400) },
      ':one': { N: '1' },
    },
    ReturnValues: 'ALL_NEW',
  });
  const text = event.text ? `You said ${event.text}.` : `Hello, ${Attributes?.turn?.N}!`;
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ type: 'speak', session_id: event.session.id, text }]),
  };
}

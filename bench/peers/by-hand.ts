import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import https from 'node:https';
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2 } from 'aws-lambda';

/* The limit: nothing is imported, nothing is checked that AI Flow wouldn't send, one service in one region is asked. */

const {
  AWS_REGION: region = '',
  AWS_ACCESS_KEY_ID: key = '',
  AWS_SECRET_ACCESS_KEY: secret = '',
  AWS_SESSION_TOKEN: session,
  SESSIONS_TABLE: TableName,
  WEBHOOK_TOKEN,
  WEBHOOK_TOKEN_SECRET_ARN,
} = process.env;
const agent = new https.Agent({ keepAlive: true });
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (by: string | Buffer, text: string) => createHmac('sha256', by).update(text).digest();

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

interface Reply {
  readonly SecretString?: string;
  readonly Attributes?: { readonly turn?: { readonly N: string } };
}

function call(service: string, version: string, target: string, input: object): Promise<Reply> {
  const name = `AWS_ENDPOINT_URL_${service === 'dynamodb' ? 'DYNAMODB' : 'SECRETS_MANAGER'}`;
  const url = new URL(process.env[name] ?? `https://${service}.${region}.amazonaws.com/`);
  const payload = JSON.stringify(input);
  const at = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const day = at.slice(0, 8);
  const headers: Record<string, string> = {
    'content-type': `application/x-amz-json-${version}`,
    host: url.host,
    'x-amz-date': at,
    ...(session && { 'x-amz-security-token': session }),
    'x-amz-target': target,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map((entry) => `${entry.join(':')}\n`);
  const canonical = ['POST', '/', '', lines.join(''), names, hash(payload)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const signing = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secret}`,
  );
  const signed = hmac(signing, `AWS4-HMAC-SHA256\n${at}\n${scope}\n${hash(canonical)}`);
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/${scope}, SignedHeaders=${names}, Signature=${signed.toString('hex')}`;
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers: { ...headers, authorization } };
    const request = https.request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(text)),
      );
    });
    request.on('error', reject);
    request.end(payload);
  });
}

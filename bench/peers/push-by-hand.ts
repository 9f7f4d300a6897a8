import https from 'node:https';
import { agent, call } from './signed.ts';

/* The limit of a trigger: the call is read and written, then pushed to. Nothing is decided, checked or told of. */

const {
  SESSIONS_TABLE: TableName,
  EXTERNAL_API_URL: url = '',
  EXTERNAL_API_TOKEN: token,
} = process.env;

interface Trigger {
  readonly target: { readonly session_id: string } | { readonly label: string };
  readonly say: string;
}

export async function handler({ target, say }: Trigger): Promise<void> {
  const ids = 'label' in target ? await listed(target.label) : [target.session_id];
  await Promise.all(ids.map((id) => told(id, say)));
}

async function listed(label: string): Promise<string[]> {
  const { Items = [] } = await call('dynamodb', '1.0', 'DynamoDB_20120810.Query', {
    TableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: `label#${label}` } },
  });
  return Items.map(({ sk }) => sk.S);
}

async function told(session_id: string, text: string): Promise<void> {
  const Key = { pk: { S: `by-hand#${session_id}` }, sk: { S: 'call' } };
  await call('dynamodb', '1.0', 'DynamoDB_20120810.GetItem', {
    TableName,
    Key,
    ConsistentRead: true,
  });
  await call('dynamodb', '1.0', 'DynamoDB_20120810.UpdateItem', {
    TableName,
    Key,
    UpdateExpression: 'SET expires_at = :expiry ADD turn :one',
    ExpressionAttributeValues: {
      ':expiry': { N: String(Math.floor(Date.now() / 1000) + 14_400) },
      ':one': { N: '1' },
    },
  });
  const actions = [
    { type: 'barge_in', session_id },
    { type: 'speak', session_id, text },
  ];
  await pushed(session_id, JSON.stringify(actions));
}

function pushed(session_id: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    };
    const request = https.request(
      url.replace('{session_id}', encodeURIComponent(session_id)),
      options,
      (response) => response.resume().on('end', resolve),
    );
    request.on('error', reject);
    request.end(body);
  });
}

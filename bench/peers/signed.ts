import { createHash, createHmac } from 'node:crypto';
import https from 'node:https';

/* The limit: Signature 4, and a request to one service in one region. */

const {
  AWS_REGION: region = '',
  AWS_ACCESS_KEY_ID: key = '',
  AWS_SECRET_ACCESS_KEY: secret = '',
  AWS_SESSION_TOKEN: session,
} = process.env;
export const agent = new https.Agent({ keepAlive: true });
export const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (by: string | Buffer, text: string) => createHmac('sha256', by).update(text).digest();

interface Reply {
  readonly SecretString?: string;
  readonly Items?: readonly { readonly sk: { readonly S: string } }[];
  readonly Attributes?: { readonly turn?: { readonly N: string } };
}

export function call(
  service: string,
  version: string,
  target: string,
  input: object,
): Promise<Reply> {
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

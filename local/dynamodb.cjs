// @ts-check
'use strict';
const { once } = require('node:events');
const { request } = require('node:http');
const dynalite = require('dynalite');

/*
 * The embedded DynamoDB: a process of its own, started by `database.ts`, so that `pkill -f local/dynamodb` shows what
 * callers hear when the database is gone. In memory: every start begins empty. JavaScript, because what strips types
 * would be a fifth of its memory.
 */

// The channel closes however the parent ends, SIGKILL included.
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole process group; the parent decides when the database goes.
process.on('SIGINT', () => {});

async function start() {
  const server = dynalite({ createTableMs: 0 });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await createTable(port);
  process.send?.({ endpoint: `http://127.0.0.1:${port}` });
}

/** @param {number} port */
async function createTable(port) {
  const table = {
    TableName: process.argv[2],
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  };
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.CreateTable',
    'x-amz-date': '20260101T000000Z',
    // That there is a signature is all that is looked at.
    authorization:
      'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=none',
  };
  const sent = request({ host: '127.0.0.1', port, method: 'POST', headers });
  sent.end(JSON.stringify(table));
  const [response] = await once(sent, 'response');
  const body = Buffer.concat(await response.toArray());
  if (response.statusCode !== 200) throw new Error(`CreateTable: ${body}`);
}

void start();

// An AI Flow application with nothing but Node: it answers every event, and POST /interrupt cuts a live call.
//
//   WEBHOOK_TOKEN=local-token EXTERNAL_API_TOKEN=local-api-token INTERRUPT_TOKEN=mine \
//   EXTERNAL_API_URL='http://127.0.0.1:3000/simulator/sessions/{session_id}/actions' node examples/node.mjs
//   WEBHOOK_URL=http://127.0.0.1:8080/webhook npm start
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const {
  WEBHOOK_TOKEN,
  INTERRUPT_TOKEN,
  EXTERNAL_API_URL,
  EXTERNAL_API_TOKEN,
  PORT = '8080',
} = process.env;
if (!WEBHOOK_TOKEN || !INTERRUPT_TOKEN || !EXTERNAL_API_URL || !EXTERNAL_API_TOKEN)
  throw new Error(
    'set WEBHOOK_TOKEN, INTERRUPT_TOKEN, EXTERNAL_API_URL (with {session_id}) and EXTERNAL_API_TOKEN',
  );
const MAX_BYTES = 64 * 1024;

/** Live calls by session id; `leaving`: the goodbye is being said. */
const calls = new Map();

/** The actions that answer an event; none is 204. */
function answer({ type, text, digit, session: { id: session_id } }) {
  const speak = (words, more) => ({ type: 'speak', session_id, text: words, ...more });
  // Repeated after a transfer that failed.
  if (type === 'session_start') calls.set(session_id, { leaving: false });
  if (type === 'session_end') calls.delete(session_id);
  const call = calls.get(session_id);
  switch (type) {
    case 'session_start':
      return [
        speak('Hello! What would you like to know about your order?', {
          user_input_timeout_seconds: 8,
        }),
      ];
    case 'user_speak':
      if (!/\b(bye|goodbye)\b/i.test(text))
        return [
          speak(
            'Your order was packed this morning, and it will leave our warehouse tomorrow at noon.',
          ),
        ];
      if (call) call.leaving = true;
      return [speak('Thank you for calling. Goodbye!')];
    case 'assistant_speech_ended':
      // A hangup beside the goodbye would cut it.
      return call?.leaving ? [{ type: 'hangup', session_id }] : [];
    case 'user_input_timeout':
      return [speak('Are you still there?')];
    case 'dtmf_received':
      return [speak(`You pressed ${digit}.`)];
    case 'sms_failed':
      return [speak('Sorry, the message did not go out.')];
    default:
      // assistant_speak, user_speech_started, session_end, and what is still unknown.
      return [];
  }
}

/** Stops what is being said in a live call, and says `text` instead; the status to answer. */
async function interrupt({ session_id, text }) {
  if (typeof text !== 'string' || text.trim() === '') return 400;
  if (!calls.has(session_id)) return 404;
  const response = await fetch(
    EXTERNAL_API_URL.replace('{session_id}', encodeURIComponent(session_id)),
    {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${EXTERNAL_API_TOKEN}`,
      },
      body: JSON.stringify([
        { type: 'barge_in', session_id },
        { type: 'speak', session_id, text },
      ]),
      signal: AbortSignal.timeout(2_000),
    },
  ).catch(() => undefined);
  return response?.ok ? 202 : 502;
}

const digest = (secret) => createHash('sha256').update(secret).digest();
const isSame = (given = '', secret) => timingSafeEqual(digest(given), digest(secret));

async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new SyntaxError('too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** Status, and actions if there are any. */
async function respond(request) {
  const { method, url, headers } = request;
  if (method === 'POST' && url === '/webhook') {
    if (!isSame(headers['x-api-token'], WEBHOOK_TOKEN)) return [401];
    const event = await bodyOf(request);
    if (typeof event?.type !== 'string' || typeof event.session?.id !== 'string') return [400];
    const actions = answer(event);
    return actions.length > 0 ? [200, actions] : [204];
  }
  if (method === 'POST' && url === '/interrupt') {
    if (!isSame(headers.authorization, `Bearer ${INTERRUPT_TOKEN}`)) return [401];
    return [await interrupt((await bodyOf(request)) ?? {})];
  }
  return [404];
}

createServer(async (request, response) => {
  const [status, actions] = await respond(request).catch((error) => [
    error instanceof SyntaxError ? 400 : 500,
  ]);
  if (actions) response.setHeader('content-type', 'application/json');
  response.writeHead(status).end(actions && JSON.stringify(actions));
}).listen(Number(PORT), '127.0.0.1', () => console.log(`listening on port ${PORT}`));

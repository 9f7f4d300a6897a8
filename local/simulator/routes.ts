import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod/mini';
import { parse } from '../../functions/protocol/invalid.ts';
import { createNotices, type Notices } from '../notices.ts';
import type { Outcomes } from '../outcomes.ts';
import { type RecordedBeside, type RecordingEntry, recordingOf } from '../recording/recording.ts';
import type { ReadSession } from '../session-view.ts';
import type { Story } from '../story.ts';
import { WEATHERS } from '../weathers.ts';
import { asList, parsed } from './answer.ts';
import { type Application, toldOf } from './application.ts';
import { weatherSchema } from './behaviour.ts';
import type { GivenOptions } from './call-options.ts';
import type { Call } from './call-types.ts';
import { answerError, Refusal } from './refusal.ts';
import type { Notice, Simulator } from './simulator.ts';

const speechSchema = z.strictObject({
  text: z.string().check(z.refine((text) => text.trim() !== '', 'must not be empty')),
  speaking_ms: z.optional(z.int().check(z.gte(0), z.lte(60_000))),
});
const digitSchema = z.strictObject({ digit: z.enum([...'0123456789*#']) });
const nothingSchema = z.strictObject({});

/** By name, and every field as JSON Schema: its default is calm weather. */
const WEATHERS_TOLD = {
  weathers: WEATHERS,
  schema: z.toJSONSchema(weatherSchema, { io: 'input' }),
};

export interface RoutesParts {
  simulator: Simulator;
  application: Application;
  outcomes: Outcomes;
  /** What the page shows of this machine. */
  notices?: Notices;
  /** What the external API wants as bearer token. */
  token: string;
  /** What a recording needs to know besides; by default nothing. */
  recorded?: ((call: Call) => Promise<RecordedBeside>) | undefined;
  /** What the functions know of a call; missing for an application that can't be asked. */
  session?: ReadSession | undefined;
  /** The call flows there are. */
  stories?: (() => Promise<{ name: string; story: Story }[]>) | undefined;
}

type PushedActions = Extract<RecordingEntry, { kind: 'pushed' }>['actions'];

/**
 * `/simulator/…`: the caller's side of a call, a look at it and at what came of interruptions, and
 * AI Flow's external API.
 */
export function simulatorRoutes(parts: RoutesParts): Hono {
  const { simulator, application, outcomes, notices = createNotices(), token } = parts;
  const { recorded = async () => ({ interruptions: [] }) } = parts;
  const { session: readSession = async () => undefined, stories = async () => [] } = parts;
  const pushed = new Map<string, RecordingEntry[]>();
  const app = new Hono().basePath('/simulator');
  app.onError(answerError);

  app.get('/calls', (c) => c.json({ calls: simulator.calls().map((call) => call.summary()) }));
  app.post('/calls', async (c) => {
    // Not checked yet, whatever the type says: "place" does.
    const { session_id } = simulator.place(json((await c.req.text()) || '{}') as GivenOptions);
    return c.json({ session_id }, 201);
  });
  app.get('/calls/:id', async (c) => {
    const call = known(c);
    const session = await readSession(call.session_id);
    const { session_id, state } = call.summary();
    return c.json({ session_id, state, ...(session && { session }), timeline: call.timeline() });
  });
  /**
   * For whoever has seen the first `from` entries: nothing is read but what happened in the call.
   */
  app.get('/calls/:id/timeline', (c) => {
    const from = Number(c.req.query('from') ?? 0);
    return c.json({ timeline: known(c).timeline().slice(from) });
  });
  app.get('/calls/:id/session', async (c) => {
    const session = await readSession(known(c).session_id);
    return c.json({ ...(session && { session }) });
  });
  app.get('/notices', (c) => c.json({ notices: notices.list() }));
  app.get('/templates', async (c) => c.json({ templates: await stories() }));

  app.get('/calls/:id/recording', async (c) => {
    const call = known(c);
    const beside = await recorded(call);
    const interruptions = [...beside.interruptions, ...(pushed.get(call.session_id) ?? [])];
    return c.json(recordingOf(call, { ...beside, interruptions }));
  });

  const caller = <S extends z.ZodMiniType>(
    does: string,
    schema: S,
    act: (call: Call, said: z.output<S>) => void,
  ) =>
    app.post(`/calls/:id/${does}`, async (c) => {
      const body = await c.req.text();
      const call = live(known(c));
      act(call, parse(schema, json(body || '{}'), 'body'));
      return c.json({}, 202);
    });
  caller('speech', speechSchema, (call, { text, speaking_ms }) => {
    if (speaking_ms !== undefined && call.transport !== 'websocket')
      throw websocketOnly('speaking_ms');
    call.says(text, speaking_ms);
  });
  caller('dtmf', digitSchema, (call, { digit }) => call.presses(digit));
  caller('hangup', nothingSchema, (call) => call.hangUp());
  caller('disconnect', nothingSchema, (call) => {
    if (!call.disconnect()) throw websocketOnly('disconnect');
  });

  app.get('/application', (c) => c.json(toldOf(application)));
  app.get('/weathers', (c) => c.json(WEATHERS_TOLD));
  app.get('/outcomes', (c) => c.json({ outcomes: outcomes.list() }));

  app.get('/stream', (c) =>
    streamSSE(c, async (stream) => {
      const tell = (notice: object) => void stream.writeSSE({ data: JSON.stringify(notice) });
      // A clip is a megabyte, and with 200 calls nobody reads along: `brief` only says where there
      // is something new.
      const brief = c.req.query('brief') !== undefined;
      const tellOfCall = (notice: Notice) =>
        notice.type === 'timeline' && brief
          ? tell({ type: notice.type, session_id: notice.session_id, kind: notice.entry.kind })
          : tell(notice);
      const subscriptions = [
        simulator.subscribe(tellOfCall),
        notices.subscribe((notice) => tell({ type: 'notice', notice })),
        outcomes.subscribe((outcome) => tell({ type: 'outcome', outcome })),
      ];
      // Clients may hold the headers back until there is a first byte.
      void stream.write(': connected\n\n');
      await new Promise<void>((resolve) => stream.onAbort(resolve));
      for (const unsubscribe of subscriptions) unsubscribe();
    }),
  );

  app.post('/sessions/:id/actions', async (c) => {
    if (c.req.header('authorization') !== `Bearer ${token}`) throw unauthorized();
    const body = await c.req.text();
    const call = simulator.find(c.req.param('id'));
    if (!call?.live()) throw notLive(c.req.param('id'));
    return push(c, call, body);
  });

  // The same for the page, which knows no token; it is guarded like the caller's side.
  app.post('/calls/:id/actions', async (c) => {
    const body = await c.req.text();
    const call = live(known(c));
    const at_ms = Date.now() - call.summary().started_at;
    const answer = await push(c, call, body);
    const actions = asList(json(body)) as PushedActions;
    const before = pushed.get(call.session_id) ?? [];
    if (answer.ok) pushed.set(call.session_id, [...before, { at_ms, kind: 'pushed', actions }]);
    return answer;
  });

  return app;

  async function push(c: Context, call: Call, body: string): Promise<Response> {
    const status = await call.pushed(asList(parsed(body)));
    if (status === 400)
      throw new Refusal(
        status,
        'invalid_request',
        'body must be JSON: an action, or an array of them',
      );
    if (status === 404 && !call.live()) throw notLive(call.session_id);
    if (status !== 202)
      throw new Refusal(
        status,
        'weather',
        `by the weather of this call: ${status}, nothing is done`,
      );
    return c.json({}, 202);
  }

  function known(c: Context): Call {
    const id = c.req.param('id') ?? '';
    const call = simulator.find(id);
    if (!call)
      throw new Refusal(404, 'unknown_call', `no call has the id ${id}: see GET /simulator/calls`);
    return call;
  }
}

function live(call: Call): Call {
  if (call.live()) return call;
  throw new Refusal(409, 'call_ended', `call ${call.session_id} has ended: place another one`);
}

const notLive = (id: string) =>
  new Refusal(404, 'unknown_session', `no live call has the id ${id}`);

const websocketOnly = (what: string) =>
  new Refusal(
    400,
    'websocket_only',
    `${what} is for a call over a WebSocket: place one with "transport": "websocket"`,
  );

export const unauthorized = () =>
  new Refusal(
    401,
    'unauthorized',
    'authorization must be "Bearer " and the value of EXTERNAL_API_TOKEN',
  );

export function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Refusal(400, 'invalid_json', `body must be JSON: ${String(error)}`);
  }
}

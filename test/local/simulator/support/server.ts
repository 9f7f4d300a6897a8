import { createOutcomes } from '../../../../local/outcomes.ts';
import type { Application } from '../../../../local/simulator/application.ts';
import type { CallSummary } from '../../../../local/simulator/call-types.ts';
import { simulatorRoutes } from '../../../../local/simulator/routes.ts';
import { type App, phone } from './phone.ts';

/** A call that is a {@link phone} and reachable by HTTP; the external API's token is `secret`. */
export function server(responding?: App, application: Application = 'functions') {
  const line = phone(responding);
  const outcomes = createOutcomes();
  const { simulator } = line;
  const app = simulatorRoutes({ simulator, application, outcomes, token: 'secret' });
  const call = `/simulator/calls/${line.call.session_id}`;

  async function post(path: string, body?: unknown, headers: Record<string, string> = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await app.request(path, {
      method: 'POST',
      headers,
      ...(text !== undefined && { body: text }),
    });
    return read(response);
  }
  const get = async (path: string) => read(await app.request(path));
  return { ...line, outcomes, app, path: call, post, get };
}

/** Every field that some answer has. */
interface Body {
  session_id?: string;
  calls?: CallSummary[];
  error?: { code: string; message: string; field?: string };
}

const read = async (response: Response) => ({
  status: response.status,
  body: (await response.json()) as Body,
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { StartStandIn } from '../flows.ts';

const TIMES = ['09:00', '09:30', '11:00', '14:30', '16:00'];
const WEEK_MS = 7 * 24 * 3600_000;

/** Stands in for your calendar on this machine, until CALENDAR_URL and CALENDAR_KEY are set. Whoever has no appointment has one in a week. */
const start: StartStandIn = async () => {
  const appointments = new Map<string, { day: string; time: string; phone: string }>();
  const calendar = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://calendar');
    const [, what, name = ''] = decodeURIComponent(pathname).split('/');
    const answer = (status: number, body?: object) =>
      response.writeHead(status).end(body && JSON.stringify(body));
    if (request.headers.authorization !== 'Bearer local') return answer(401);
    if (what === 'days') return answer(200, { free: freeOn(name) });
    if (request.method === 'GET')
      return answer(200, { appointments: [ofPhone(searchParams.get('phone'))] });
    if (request.method === 'DELETE') {
      appointments.delete(name);
      return answer(204);
    }
    const wanted = (await json(request)) as { day: string; time: string; phone: string };
    const other = [...appointments].some(
      ([id, { day, time }]) => id !== name && day === wanted.day && time === wanted.time,
    );
    if (other) return answer(409);
    appointments.set(name, wanted);
    return answer(200, { id: name, ...wanted });
  });

  function freeOn(day: string): string[] {
    if (new Date(day).getUTCDay() === 0) return [];
    const taken = [...appointments.values()].filter((one) => one.day === day);
    return TIMES.filter((time) => !taken.some((one) => one.time === time));
  }

  function ofPhone(phone: string | null) {
    const [id, own] = [...appointments].find(([, one]) => one.phone === phone) ?? [];
    const day = new Date(Date.now() + WEEK_MS).toISOString().slice(0, 10);
    return { id: id ?? `of-${phone}`, day, time: '11:00', ...own };
  }

  await once(calendar.listen(0, '127.0.0.1'), 'listening');
  const { port } = calendar.address() as AddressInfo;
  return {
    env: { CALENDAR_URL: `http://127.0.0.1:${port}`, CALENDAR_KEY: 'local' },
    async stop() {
      calendar.closeAllConnections();
      calendar.close();
    },
  };
};

export default start;

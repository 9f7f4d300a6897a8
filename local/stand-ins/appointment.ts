import type { StartStandIn } from '../flows.ts';
import { type Reply, standIn } from '../stand-in.ts';

const TIMES = ['09:00', '09:30', '11:00', '14:30', '16:00'];
const WEEK_MS = 7 * 24 * 3600_000;

interface Appointment {
  readonly day: string;
  readonly time: string;
  readonly phone: string;
}

/**
 * Stands in for your calendar on this machine, until CALENDAR_URL and CALENDAR_KEY are set. Whoever
 * has no appointment has one in a week.
 */
const start: StartStandIn = async () => {
  const appointments = new Map<string, Appointment>();
  return standIn(
    (url) => ({ CALENDAR_URL: url, CALENDAR_KEY: 'local' }),
    ({ method, path, key, body }) => {
      const { pathname, searchParams } = new URL(path, 'http://calendar');
      const [, what, name = ''] = decodeURIComponent(pathname).split('/');
      if (key !== 'local') return 401;
      if (what === 'days') return { free: freeOn(name) };
      if (method === 'GET') return { appointments: [ofPhone(searchParams.get('phone'))] };
      if (method === 'PUT') return book(name, body as Appointment);
      appointments.delete(name);
      return 204;
    },
  );

  function book(name: string, wanted: Appointment): Reply {
    const other = [...appointments].some(
      ([id, { day, time }]) => id !== name && day === wanted.day && time === wanted.time,
    );
    if (other) return 409;
    appointments.set(name, wanted);
    return { id: name, ...wanted };
  }

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
};

export default start;

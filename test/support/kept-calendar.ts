import {
  appointment,
  type Calendar,
  pretendCalendar,
} from '../../functions/templates/appointment.ts';
import { assistantSays } from '../../local/play.ts';

export const HOLD = assistantSays('One moment, please.');

/** A calendar that keeps what it is told, and is asked by `ways` of its own. */
export function keptCalendar(ways: Partial<Calendar> = {}) {
  const kept = new Map<string, string>();
  const calendar: Calendar = {
    ...pretendCalendar(0),
    of: async () => undefined,
    async book({ id, day, time }, phone) {
      kept.set(id, `${new Date(day).getUTCDay()} ${time} ${phone}`);
      return true;
    },
    cancel: async (id) => void kept.delete(id),
    ...ways,
  };
  return { kept, flow: appointment(() => calendar) };
}

/** A calendar's answer for whoever has an appointment. */
export const of = async () => ({ id: 'known', day: '2030-01-01', time: '11:00' });

import type { Channel, Delivery } from '../../functions/delivery/channel.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { History } from './history.ts';
import type { Phone } from './phone.ts';
import type { Random } from './random.ts';
import { batchOf } from './requests.ts';
import type { Process, Scheduler } from './scheduler.ts';

interface Parts {
  readonly process: Process;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly history: History;
  readonly phone: Phone;
  readonly clock: Pick<Clock, 'now'>;
}

const DELIVERED: Delivery = { status: 'delivered' };
const REFUSED: Delivery = {
  status: 'refused',
  code: 'unreachable',
  message: 'no connection',
  retryable: true,
};
const IN_DOUBT: Delivery = { status: 'in_doubt', message: 'the connection broke' };

/**
 * A way to the phone that delivers, refuses, breaks before or after it has delivered, and outlives
 * who uses it.
 */
export function watchedChannel({
  process,
  scheduler,
  random,
  history,
  phone,
  clock,
}: Parts): Channel {
  return {
    async send(_session_id, actions) {
      const fate = random.pick([
        DELIVERED,
        DELIVERED,
        DELIVERED,
        DELIVERED,
        REFUSED,
        IN_DOUBT,
        'throws',
      ] as const);
      const batch = batchOf(process.name, actions);
      history.add({
        what: 'left',
        way: 'push',
        at: clock.now(),
        arrives: fate !== REFUSED,
        ...batch,
      });
      await scheduler.point(process);
      if (fate === REFUSED) return fate;
      const arrives = fate === DELIVERED || random.chance(0.5);
      const taken =
        arrives &&
        (await scheduler.run('network', async () => phone.receive(actions, batch), false));
      await scheduler.point(process);
      if (fate === 'throws') throw new Error('broken off');
      return fate === DELIVERED && !taken ? { status: 'gone' } : fate;
    },
  };
}

import type { StartStandIn } from '../flows.ts';
import { standIn } from '../stand-in.ts';

/** Every other caller gives up, or is served, within this. */
const SERVED_MS = 15_000;

/** A queue in which whoever comes is third, and soon next. */
const start: StartStandIn = async () => {
  const came = new Map<string, number>();
  return standIn(
    (url) => ({ QUEUE_URL: `${url}/callers/{id}`, QUEUE_KEY: 'local' }),
    ({ method, path, key }) => {
      if (key !== 'local') return 401;
      if (method === 'DELETE') return came.delete(path) ? {} : 404;
      const since = came.get(path) ?? Date.now();
      came.set(path, since);
      return { position: Math.max(1, 3 - Math.floor((Date.now() - since) / SERVED_MS)) };
    },
  );
};

export default start;

import type { StartStandIn } from '../flows.ts';
import { standIn } from '../stand-in.ts';

/**
 * Stands in for what takes results on this machine, until RESULTS_URL and RESULTS_KEY are set. `GET
 * /results/{call}` has them.
 */
const start: StartStandIn = async () => {
  const results = new Map<string, object>();
  return standIn(
    (url) => ({ RESULTS_URL: `${url}/results`, RESULTS_KEY: 'local' }),
    ({ method, path, key, body }) => {
      if (key !== 'local') return 401;
      if (method !== 'PUT') return results.get(path) ?? 404;
      results.set(path, Object(body));
      return 204;
    },
  );
};

export default start;

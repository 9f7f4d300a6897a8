import type { StartStandIn } from '../flows.ts';
import { standIn } from '../stand-in.ts';

/** Takes every receipt. */
const start: StartStandIn = () =>
  standIn(
    (url) => ({ RECEIPTS_URL: `${url}/receipts`, RECEIPTS_KEY: 'local' }),
    ({ method, key }) => (method === 'POST' && key === 'local' ? {} : 401),
  );

export default start;

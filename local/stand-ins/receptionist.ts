import type { StartStandIn } from '../flows.ts';
import { standIn } from '../stand-in.ts';

/** A chat that takes every message, and has nobody who reads it. */
const start: StartStandIn = () =>
  standIn(
    (url) => ({ MESSAGES_URL: `${url}/hooks/reception`, MESSAGES_KEY: 'local' }),
    ({ method, key }) => (method === 'POST' && key === 'local' ? {} : 401),
  );

export default start;

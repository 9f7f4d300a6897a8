import type { StartStandIn } from '../flows.ts';
import { standIn } from '../stand-in.ts';

/** A shop that has packed every order, but has none whose number begins with 0. */
const start: StartStandIn = () =>
  standIn(
    (url) => ({ ORDERS_URL: `${url}/orders/{order}`, ORDERS_KEY: 'local' }),
    ({ path, key }) => {
      if (key !== 'local') return 401;
      return /^\/orders\/[1-9]\d*$/.test(path) ? { status: 'packed' } : 404;
    },
  );

export default start;

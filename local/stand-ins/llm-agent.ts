import type { StartStandIn } from '../flows.ts';
import { standIn } from '../stand-in.ts';

/**
 * A shop that has sent every parcel this morning, but has none whose number begins with 0. The
 * model has a stand-in of its own.
 */
const start: StartStandIn = () =>
  standIn(
    (url) => ({ PARCELS_URL: `${url}/parcels/{order}`, PARCELS_KEY: 'local' }),
    ({ path, key }) => {
      if (key !== 'local') return 401;
      const [, order] = /^\/parcels\/([1-9]\d*)$/.exec(path) ?? [];
      if (!order) return 404;
      return {
        status: `Order ${order} left our warehouse this morning.`,
        parcel: 'It weighs 3.5 kg, so somebody must be there who can carry it upstairs.',
        delivery: 'You will have it tomorrow before noon.',
      };
    },
  );

export default start;

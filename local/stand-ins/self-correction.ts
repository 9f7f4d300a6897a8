import { setTimeout as wait } from 'node:timers/promises';
import type { StartStandIn } from '../flows.ts';
import { standIn } from '../stand-in.ts';

/** By then the sentence that it corrects is being said. */
const ANSWERS_AFTER_MS = 1_500;
const PLATFORMS: Readonly<Record<string, number>> = { Berlin: 2, Hamburg: 9, Munich: 6 };

/** A live system as slow as one, in which the train to Hamburg has moved. */
const start: StartStandIn = () =>
  standIn(
    (url) => ({ DEPARTURES_URL: `${url}/departures/{to}`, DEPARTURES_KEY: 'local' }),
    async ({ path, key }) => {
      if (key !== 'local') return 401;
      await wait(ANSWERS_AFTER_MS);
      const platform = PLATFORMS[path.replace('/departures/', '')];
      return platform === undefined ? 404 : { platform };
    },
  );

export default start;

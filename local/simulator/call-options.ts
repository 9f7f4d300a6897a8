import * as z from 'zod/mini';
import { InvalidValue, parse } from '../../functions/protocol/invalid.ts';
import { languagesSchema } from '../../functions/protocol/settings.ts';
import { weatherSchema } from './behaviour.ts';

// The flow's is one of the Berlin numbers that the German regulator keeps free for films.
const PERSON_NUMBER = '+4915112345678';
const FLOW_NUMBER = '+493023125042';

const number = z.string().check(z.minLength(1), z.maxLength(64));
const language = z
  .string()
  .check(
    z.refine(
      (tag) => languagesSchema.safeParse([tag]).success,
      'must be a BCP-47 tag such as de-DE',
    ),
  );

const schema = z.strictObject({
  direction: z._default(z.enum(['inbound', 'outbound']), 'inbound'),
  from: z.optional(number),
  to: z.optional(number),
  speed: z._default(
    z
      .number()
      .check(z.refine((speed) => speed > 0 && speed <= 1000, 'must be above 0, up to 1000')),
    1,
  ),
  language: z._default(language, 'en-US'),
  template: z.optional(z.string().check(z.minLength(1), z.maxLength(100))),
  transport: z.optional(z.enum(['http', 'websocket'])),
  transfer: z._default(z.enum(['answered', 'busy', 'unanswered']), 'answered'),
  weather: z.prefault(weatherSchema, {}),
});

/**
 * A call to place, `from` the flow's number if it is outbound, else `to` it. `template` names the
 * call flow that answers it, where that isn't the one for its number. `speed` divides every speech
 * duration, `transfer` is what the target of a transfer does, `weather` how untidy the platform is.
 */
export type CallOptions = z.output<typeof schema> & {
  from: string;
  to: string;
  transport: 'http' | 'websocket';
};

/** The same as it is asked for: everything has a default. */
export type GivenOptions = z.input<typeof schema>;

/** Fills in the defaults; `only`: the transport that the application has. Throws `InvalidValue`. */
export function callOptions(given: GivenOptions, only?: CallOptions['transport']): CallOptions {
  const options = parse(schema, given, 'call');
  const { transport = only ?? 'http' } = options;
  if (only && transport !== only)
    throw new InvalidValue(
      `transport must be ${only}, or left out: the URL of the application says so`,
      'transport',
    );
  const [from, to] =
    options.direction === 'inbound' ? [PERSON_NUMBER, FLOW_NUMBER] : [FLOW_NUMBER, PERSON_NUMBER];
  return { ...options, transport, from: options.from ?? from, to: options.to ?? to };
}

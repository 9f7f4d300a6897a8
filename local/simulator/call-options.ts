import * as z from 'zod/mini';
import { parse } from '../../functions/protocol/invalid.ts';
import { languagesSchema } from '../../functions/protocol/settings.ts';

// The callee is one of the Berlin numbers that the German regulator keeps free for films.
const DEFAULT_FROM = '+4915112345678';
const DEFAULT_TO = '+493023125042';

const number = z.string().check(z.minLength(1), z.maxLength(64));
const language = z
  .string()
  .check(z.refine((tag) => languagesSchema.safeParse([tag]).success, 'must be a BCP-47 tag such as de-DE'));

const schema = z.strictObject({
  from: z._default(number, DEFAULT_FROM),
  to: z._default(number, DEFAULT_TO),
  speed: z._default(
    z.number().check(z.refine((speed) => speed > 0 && speed <= 1000, 'must be above 0, up to 1000')),
    1,
  ),
  language: z._default(language, 'en-US'),
  transport: z._default(z.enum(['http', 'websocket']), 'http'),
  transfer: z._default(z.enum(['answered', 'busy', 'unanswered']), 'answered'),
});

/** A call to place. `speed` divides every speech duration, `transfer` is what the target of a transfer does. */
export type CallOptions = z.output<typeof schema>;

/** The same as it is asked for: everything has a default. */
export type GivenOptions = z.input<typeof schema>;

/** Fills in the defaults. Throws `InvalidValue`. */
export const callOptions = (given: GivenOptions): CallOptions => parse(schema, given, 'call');

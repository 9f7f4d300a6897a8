import { decide } from '../../functions/call/decide.ts';
import { meaningOf, turnOf } from '../../functions/call/meaning.ts';
import { keyOf, printOf } from '../../functions/call/words.ts';
import type { Heart } from './shell.ts';

/** What is explored. */
export const heart: Heart = { decide, meaningOf, turnOf, keyOf, printOf };

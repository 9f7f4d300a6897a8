import './lean.ts';
import { environment } from './dot-env.ts';
import { start } from './starting.ts';

await start(environment());

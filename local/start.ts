import './lean.js';
import { environment } from './dot-env.ts';
import { start } from './starting.ts';

await start(environment());

import { start } from './starting.ts';

await start(process.env);

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDatabase } from '../../local/database.ts';
import { play } from './world.ts';

/**
 * `node test/versions/record.ts 0.2.0`: keeps what this version leaves behind, for those that
 * follow to read.
 */
const [version] = process.argv.slice(2);
if (!version || !/^\d+\.\d+\.\d+$/.test(version)) throw new Error('which version? Such as 0.2.0');
const database = await startDatabase('sessions', console.error);
const left = await play(database.endpoint);
await database.stop();
writeFileSync(join(import.meta.dirname, `${version}.json`), `${JSON.stringify(left, null, 1)}\n`);

import { createChanges } from './changes.ts';
import { createClaims } from './claims.ts';
import { createListings, type TableParts } from './listings.ts';
import { createRecords } from './records.ts';
import { createReplacements } from './replacements.ts';
import type { SessionStore } from './session.ts';
import { createSockets } from './sockets.ts';
import { createTakeBack } from './take-back.ts';
import { createTurns } from './turns.ts';
import { createWaitingRoom } from './waiting-room.ts';

/** Sessions in DynamoDB. One write an event; nothing is read before it is written. */
export function createDynamoDbStore(parts: TableParts): SessionStore {
  const listed = createListings(parts);
  return {
    ...createRecords(parts, listed),
    ...createChanges(parts, listed),
    ...createClaims(parts),
    ...createReplacements(parts),
    ...createWaitingRoom(parts),
    ...createSockets(parts, listed),
    ...createTakeBack(parts),
    ...createTurns(parts),
    find: listed.find,
  };
}

import { createMemoryStore } from '../support/memory-store.ts';
import { describeSessionStore } from './contract.ts';
import { describeHistory } from './history-contract.ts';
import { describeInterruptions } from './interruptions-contract.ts';
import { describeSockets } from './sockets-contract.ts';

describeSessionStore('in memory', createMemoryStore);
describeSockets('in memory', createMemoryStore);
describeInterruptions('in memory', createMemoryStore);
describeHistory('in memory', createMemoryStore);

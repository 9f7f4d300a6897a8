import { createMemoryStore } from '../support/memory-store.ts';
import { describeSessionStore } from './contract.ts';
import { describeSockets } from './sockets-contract.ts';

describeSessionStore('in memory', createMemoryStore);
describeSockets('in memory', createMemoryStore);

import { createMemoryStore } from '../support/memory-store.ts';
import { describeSessionStore } from './contract.ts';

describeSessionStore('in memory', createMemoryStore);

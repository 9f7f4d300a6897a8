import { createMemoryStore } from '../support/memory-store.ts';
import { describeCallStore } from './call-store-contract.ts';
import { describeHistory } from './history-contract.ts';

describeCallStore('in memory', createMemoryStore);
describeHistory('calls in memory', createMemoryStore);

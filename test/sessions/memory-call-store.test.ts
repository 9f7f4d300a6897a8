import { createMemoryCallStore } from '../support/memory-call-store.ts';
import { describeCallStore } from './call-store-contract.ts';
import { describeHistory } from './history-contract.ts';

describeCallStore('in memory', createMemoryCallStore);
describeHistory('calls in memory', createMemoryCallStore);

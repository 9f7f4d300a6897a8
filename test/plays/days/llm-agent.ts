import { scripted } from '../../../functions/models/scripted.ts';
import { llmAgent } from '../../../functions/templates/llm-agent.ts';
import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  assistantTransfers,
  callerHangsUp,
  callerInterrupts,
  callerIsSilent,
  callerPresses,
  callerSays,
} from '../../../local/play.ts';
import type { Days } from '../days.ts';

const GREETING = assistantSays('What can I do for you?');
const QUESTION = callerSays('Where is my order 4711?');
const HOLD = assistantSays('Let me see.');

const lookUp = async (order: string) => `Order ${order} left our warehouse this morning.`;
/** Whose answer is one sentence. */
const brief = llmAgent({ converse: scripted, lookUp });
const down = llmAgent({
  async *converse() {
    yield* [];
    throw new Error('the model is down');
  },
  lookUp,
});
const slow = llmAgent({
  async *converse(request, signal) {
    await new Promise((go) => setTimeout(go, 1_500));
    yield* scripted(request, signal);
  },
  lookUp,
});

export default {
  silence: {
    play: [
      GREETING,
      callerIsSilent(8),
      assistantSays('Are you still there?'),
      QUESTION,
      assistantSays('Order 4711 left our warehouse'),
      assistantSays('It weighs three point five kilograms'),
      assistantSays('You will have it tomorrow'),
      callerIsSilent(8),
      assistantSays('Are you still there?'),
      callerHangsUp(),
    ],
  },
  listeners: {
    play: [
      GREETING,
      QUESTION,
      assistantSays('Order 4711 left our warehouse'),
      callerInterrupts('mhm', { after: 'Order 4711 left' }),
      assistantSays('It weighs three point five kilograms'),
      assistantSays('You will have it tomorrow'),
      callerHangsUp(),
    ],
  },
  cuts: {
    template: brief,
    play: [
      GREETING,
      callerInterrupts('Where is order 4711?', { after: 'What can I do' }),
      assistantIsCut({ by: 'caller' }),
      assistantSays('Order 4711 left our warehouse'),
      callerInterrupts('And where is 4712?', { after: 'Order 4711 left our' }),
      assistantIsCut({ by: 'caller' }),
      assistantSays('Order 4712 left our warehouse'),
      callerHangsUp(),
    ],
  },
  keys: {
    template: brief,
    play: [
      GREETING,
      callerPresses('4'),
      assistantSays('Please tell me what I can do for you.'),
      QUESTION,
      assistantSays('Order 4711 left our warehouse'),
      callerHangsUp(),
    ],
  },
  'early goodbye': {
    play: [
      GREETING,
      callerSays('Thanks, bye'),
      assistantSays('Goodbye, and thank you for calling.'),
      assistantHangsUp(),
    ],
  },
  'back end down': {
    template: down,
    play: [
      GREETING,
      QUESTION,
      HOLD,
      assistantSays('I am sorry, I cannot answer that now.'),
      callerHangsUp(),
    ],
  },
  'back end slow': {
    template: slow,
    play: [
      GREETING,
      QUESTION,
      HOLD,
      assistantSays('Order 4711 left our warehouse'),
      callerHangsUp(),
    ],
  },
  'nobody takes over': {
    call: { transfer: 'busy' },
    play: [
      GREETING,
      callerSays('I want to talk to a person'),
      assistantSays('I will put you through.'),
      assistantTransfers(),
      assistantSays('Nobody is free at the moment.'),
      callerHangsUp(),
    ],
  },
} satisfies Days;

import {
  assistantHangsUp,
  assistantIsCut,
  assistantSays,
  callerSays,
  interrupted,
  outcomesAre,
  type Play,
} from '../play.ts';

/**
 * The same trigger arrives three times at once, in mid-sentence: it cuts the sentence, and is heard
 * once.
 */
export default [
  assistantSays('What is your name?'),
  callerSays('My name is Anna'),
  assistantSays('Nice to meet you, Anna'),
  callerSays(
    'I ordered a yellow bicycle with a wicker basket last week, and I wonder when it will get here',
  ),
  assistantSays('you said: I ordered a yellow bicycle'),
  interrupted({
    after: 'I ordered a yellow bicycle',
    id: 'order-4711-shipped',
    say: 'Good news: your bicycle is on its way.',
    through: ['SQS', 'EventBridge', 'HTTP'],
  }),
  assistantIsCut({ by: 'app', heard: 'I ordered a yellow bicycle' }),
  assistantSays('Good news: your bicycle is on its way.'),
  outcomesAre('delivered', 'duplicate', 'duplicate', 'heard'),
  callerSays('Goodbye'),
  assistantSays('Goodbye, Anna'),
  assistantHangsUp(),
] satisfies Play;

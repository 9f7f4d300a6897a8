import { expect, it } from 'vitest';
import { messagesOf } from '../../functions/models/messages.ts';

const user = (...texts: string[]) => ({ role: 'user', content: texts.map((text) => ({ text })) });
const assistant = (...texts: string[]) => ({
  role: 'assistant',
  content: texts.map((text) => ({ text })),
});

it('a conversation begins and ends with the caller, in turns', () => {
  const history = [
    { role: 'assistant', text: 'Hello!' },
    { role: 'caller', text: 'Where is 4711?' },
    { role: 'assistant', text: 'Let me see.' },
    { role: 'assistant', text: 'It left', cut: true },
  ] as const;
  expect(messagesOf(history, 'And 4712?')).toEqual([
    user('[The caller is on the line.]'),
    assistant('Hello!'),
    user('Where is 4711?'),
    assistant('Let me see.', 'It left [The caller heard no more than that.]'),
    user('And 4712?'),
  ]);
});

it('a question that got no answer is asked together with the next', () => {
  expect(messagesOf([{ role: 'caller', text: 'Hello?' }], 'Anybody?')).toEqual([
    user('Hello?', 'Anybody?'),
  ]);
});

it('without a history there is the question', () => {
  expect(messagesOf([], 'Hello?')).toEqual([user('Hello?')]);
});

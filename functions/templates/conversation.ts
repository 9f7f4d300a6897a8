import { defineTemplate, hangup } from '../template/index.ts';

type Memory = { name: string; last: string };

/**
 * The default: greets, learns the caller's name, remembers what was said last, and hangs up after
 * the goodbye.
 */
export default defineTemplate<Memory>({
  fallback: 'Sorry, I lost my train of thought. Could you say that again?',
  silence: { ask: 'Are you still there?', goodbye: 'I can’t hear you. Goodbye.' },

  onSessionStart(event, session) {
    const { name } = session.state;
    if (session.reopened && name) return `Hello again, ${name}. What else can I do?`;
    // Whoever is called wants to know why the telephone rang.
    if (event.session.direction === 'outbound')
      return 'Hello! I am calling to introduce myself. What is your name?';
    return 'Hello! What is your name?';
  },

  onUserSpeak({ text }, session) {
    const { state } = session;
    const { name, last } = state;
    const introduced = nameIn(text) ?? (session.turn === 1 && !name ? loneWord(text) : undefined);
    state.last = shortened(text);

    // Whoever goes on talking isn't hung up on.
    if (/\b(good ?bye|bye|hang up)\b/i.test(text))
      return [name ? `Goodbye, ${name}.` : 'Goodbye.', hangup()];
    if (introduced) {
      state.name = introduced;
      return `Nice to meet you, ${introduced}. Tell me something, and ask me later what you said.`;
    }
    if (/\bmy name\b|\bwho am i\b/i.test(text))
      return name ? `Your name is ${name}.` : 'You have not told me yet.';
    if (/\b(what|which)\b.*\b(say|said|tell|told)\b/i.test(text)) {
      return last ? `You said: ${last}` : 'You have not said anything yet.';
    }
    return `${name ? `${name}, you` : 'You'} said: ${shortened(text)}. What else?`;
  },

  onDtmfReceived: ({ digit }) => `You pressed ${digit}.`,
});

const NAME =
  /\b(?:[Mm]y name is|[Mm]y name's|[Cc]all me) (\p{L}[\p{L}'-]{0,19})|\b(?:I am|I'm|[Tt]his is) (\p{Lu}[\p{L}'-]{0,19})/u;

function nameIn(text: string): string | undefined {
  const [, told, introduced] = NAME.exec(text.normalize()) ?? [];
  return told ?? introduced;
}

const NO_NAME = /^(hi|hey|hello|yes|no|please|thanks|sorry|what|stop|good|okay?)$/i;

function loneWord(text: string): string | undefined {
  const word = /^\s*(\p{L}[\p{L}'-]{0,19})[.!]?\s*$/u.exec(text.normalize())?.[1];
  return word && !NO_NAME.test(word) ? word : undefined;
}

/** As much as fits into the state, whatever the caller's script. */
function shortened(text: string): string {
  const characters = [...text.slice(0, 120)];
  while (Buffer.byteLength(JSON.stringify(characters.join(''))) > 140) characters.pop();
  return characters.join('');
}

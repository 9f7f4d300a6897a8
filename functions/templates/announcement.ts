import {
  bargeIn,
  defineTemplate,
  hangup,
  isFarewell,
  mixAudio,
  type Said,
  speak,
} from '../template/index.ts';

/** What is being said: nobody cuts the first, music plays under the second. Nothing afterwards. */
type Memory = { part: 'legal' | 'news'; wish: string };

const LEGAL = 'This call may be recorded to improve our service.';
const QUESTION = 'Which line would you like to hear about?';
const NEWS = [
  "Here is today's news of your public transport.",
  'Line two ends at the market place, because the bridge is being repaired.',
  'Buses take you across the river until the end of the month.',
  'From next week on, tickets are also sold at the lake.',
  QUESTION,
].join(' ');

const LINES: Readonly<Record<string, string>> = {
  one: 'Line one runs every ten minutes.',
  two: 'Line two ends at the market place.',
};

/**
 * Says something long over music. A caller who asks for a line cuts it, and so does what happens elsewhere and all callers
 * should know: `{ "target": { "label": "news" }, "context": { "news": "…" } }`. However it ends, the music does, too.
 */
export default defineTemplate<Memory>({
  fallback: `Sorry, I did not get that. ${QUESTION}`,
  assets: ['hold-music'],
  // Not while music plays: whoever listens to the news needn't say anything.
  silence: {
    ask: `Are you still there? ${QUESTION}`,
    goodbye: 'Thank you for listening. Goodbye.',
  },

  onSessionStart(_event, { state, labels }) {
    // Not `everyone`: other numbers may have call flows that know nothing of this.
    labels.add('news');
    state.part = 'legal';
    return speak(LEGAL, { barge_in: { strategy: 'none' } });
  },

  onAssistantSpeechEnded(_event, { state }) {
    if (state.part !== 'legal') return stopped(state);
    const { wish } = state;
    delete state.wish;
    if (wish) return [...stopped(state), wish];
    state.part = 'news';
    return [mixAudio({ audio: { asset: 'hold-music' }, volume: 0.2 }), NEWS];
  },

  onDtmfReceived: (_event, { state }) =>
    state.part === 'legal' ? undefined : [...stopped(state), bargeIn(), QUESTION],

  onUserSpeak({ text }, { state }) {
    if (isFarewell(text) && state.part !== 'legal')
      return [...stopped(state), 'Goodbye.', hangup()];
    const line = Object.keys(LINES).find((name) => text.toLowerCase().includes(name));
    const answer = line && LINES[line];
    if (state.part !== 'legal') return [...stopped(state), answer ?? QUESTION];
    // It goes on being said: the answer follows, in place of the news.
    if (answer) state.wish = answer;
    return undefined;
  },

  onTrigger({ context }, { state }) {
    const news =
      typeof context === 'object' && context && 'news' in context ? context.news : undefined;
    if (typeof news !== 'string') return undefined;
    return [...stopped(state), `This has just come in: ${news} ${QUESTION}`];
  },
});

/** What ends the music, if it plays. */
function stopped(state: Partial<Memory>): Said[] {
  const { part } = state;
  delete state.part;
  return part === 'news' ? [mixAudio({ stop: true })] : [];
}

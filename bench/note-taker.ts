import { defineTemplate } from '../functions/template/index.ts';

/** Handles what costs something to handle, and keeps something when it is told to. */
export default defineTemplate<{ note: string }>({
  fallback: [],
  onSessionStart: () => 'Hello!',
  onUserSpeak({ text }, { state, labels }) {
    if (text.startsWith('note')) state.note = text;
    if (text.startsWith('order')) labels.add(text);
    return 'Yes.';
  },
  onAssistantSpeak: () => undefined,
  onAssistantSpeechEnded: () => undefined,
});

import { describe, expect, it } from 'vitest';
import { createAssistant } from '../../functions/assistant/assistant.ts';
import { always } from '../../functions/assistant/template-choice.ts';
import { parseAction } from '../../functions/protocol/actions.ts';
import { createAssets } from '../../functions/runtime/assets.ts';
import { templates } from '../../functions/templates/index.ts';
import { EVENTS, SESSION } from '../support/events.ts';
import { recordingLog } from '../support/log.ts';
import { manualClock } from '../support/manual-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { recordingOutcomes } from '../support/outcomes.ts';

describe.each(Object.entries(templates))('%s', (_name, template) => {
  const play = async (events: readonly unknown[]) => {
    const clock = manualClock();
    const log = recordingLog();
    const assistant = createAssistant({
      templates: always(template),
      jobs: { start: async () => {} },
      sessions: createMemoryStore(clock),
      outcomes: recordingOutcomes(),
      assets: createAssets({ folder: 'functions/assets' }),
      clock,
      log,
    });
    const answers = [];
    for (const event of events)
      answers.push(await assistant(event as never, { at: clock.now(), deadline: clock.now() + 800 }));
    return { answers, log };
  };

  it.each(Object.entries(EVENTS))(
    'answers %s with valid actions for its session, the same each time',
    async (_type, event) => {
      for (const events of [[event], [EVENTS.session_start, EVENTS.user_speak, event]]) {
        const { answers, log } = await play(events);
        for (const action of answers.flat()) expect(parseAction(action).session_id).toBe(SESSION.id);
        expect(log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
        expect((await play(events)).answers).toEqual(answers);
      }
    },
  );
});

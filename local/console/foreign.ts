import { callerDoes, readApplication } from './api.ts';
import { $ } from './dom.ts';

/** What only our functions can do, or know. */
const OWN = ['interrupt', 'outcomes', 'known'];

/**
 * In front of a foreign application the page can post actions for the call that is looked at, and
 * says so.
 */
export async function showApplication(call: () => { session_id: string } | undefined) {
  const { application, origin = '' } = await readApplication();
  if (application === 'functions') return;
  for (const id of OWN) ($(id).closest<HTMLElement>('.card') ?? $(id)).hidden = true;
  const form = $<HTMLFormElement>('actions');
  form.hidden = false;
  $('origin').textContent = origin;
  form.onsubmit = async (submitted) => {
    submitted.preventDefault();
    $('actions-reply').textContent = await replaced(String(new FormData(form).get('say') ?? ''));
  };

  async function replaced(text: string): Promise<string> {
    const { session_id } = call() ?? {};
    if (session_id === undefined) return 'There is no call: place one first.';
    const speak = text.trim() === '' ? [] : [{ type: 'speak', session_id, text }];
    try {
      await callerDoes(session_id, 'actions', [{ type: 'barge_in', session_id }, ...speak]);
      return 'The external API has taken it.';
    } catch (error) {
      return (error as Error).message;
    }
  }
}

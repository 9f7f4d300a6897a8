import { interrupt, type Reply, type Source } from './api.ts';
import { commandsFor, type InterruptionRequest } from './commands.ts';
import { $, button, element, fold, json } from './dom.ts';
import { type FormFields, requestFrom } from './request.ts';

export interface FormParts {
  /** The call that is looked at. */
  call(): { session_id: string; from: string; to: string } | undefined;
  /** Hears of each interruption before it leaves, if it has an id. */
  sending(id: string, what: string): void;
  problem(message: string | undefined): void;
}

export interface InterruptForm {
  /** Whom it concerns. */
  target(whom: string, who: string): void;
  refresh(): void;
  /** Sends it through these sources at the same moment. */
  send(request: InterruptionRequest, through: readonly Source[]): Promise<void>;
}

const SOURCES = ['SQS', 'EventBridge', 'HTTP'] as const;

/** The form for whatever happens elsewhere: each field is one of the interruption's. */
export function createForm({ call, sending, problem }: FormParts): InterruptForm {
  const form = $<HTMLFormElement>('interrupt');
  const field = <E extends HTMLElement = HTMLInputElement>(name: string) =>
    form.elements.namedItem(name) as E;
  const [whom, then] = [field<HTMLSelectElement>('whom'), field<HTMLSelectElement>('then')];

  form.addEventListener('input', refresh);
  form.onsubmit = (submitted) => {
    submitted.preventDefault();
    attempt([field<HTMLSelectElement>('source').value as Source]);
  };
  $('thrice').onclick = () => attempt(SOURCES);
  whom.onchange = () => {
    const { from = '', to = '' } = call() ?? {};
    field('who').value = { caller: from, callee: to }[whom.value] ?? '';
    refresh();
  };
  refresh();

  return {
    refresh,
    send,
    target(kind, who) {
      whom.value = kind;
      field('who').value = who;
      refresh();
      field('who').focus();
    },
  };

  function attempt(through: readonly Source[]) {
    try {
      problem(undefined);
      const request = requestFrom(fields(), call()?.session_id);
      // Three of the same are one only by their id.
      const id = through.length > 1 && !request.id ? { id: `console-${Date.now()}` } : {};
      void send({ ...request, ...id }, through);
    } catch (error) {
      $('reply').replaceChildren(element('p', 'bad', (error as Error).message));
    }
  }

  async function send(request: InterruptionRequest, through: readonly Source[]) {
    // With its own id it is seen from the moment on that it leaves.
    const sent = { id: `console-${Date.now()}`, ...request };
    if (!request.dry_run && !request.cancel) sending(String(sent.id), whatOf(request, through));
    const replies = await Promise.all(through.map((source) => interrupt(source, sent)));
    $('reply').replaceChildren(...replies.map((reply) => replyNode(reply, sent)));
  }

  function replyNode({ source, summary, ok, body }: Reply, request: InterruptionRequest) {
    const node = fold([element('span', ok ? 'ok' : 'bad', source), ` ${summary}`], () =>
      json(body),
    );
    if (!summary.includes('deferred') || request.cancel) return node;
    const cancel = { target: request.target, cancel: request.id };
    return element(
      'div',
      '',
      node,
      button('Cancel it', () => void send(cancel, ['HTTP'])),
    );
  }

  function fields(): FormFields {
    const given: Record<string, string> = {};
    for (const [name, value] of new FormData(form)) given[name] = String(value);
    return given as FormFields;
  }

  /** What isn't needed isn't there; the request is always what would be sent. */
  function refresh() {
    const needsWho = !['session_id', 'everyone'].includes(whom.value);
    toggle(field('who'), needsWho);
    $('who-is').textContent = whom.value === 'label' ? 'Label' : 'Number';
    toggle(field('to'), then.value === 'transfer');
    // What the template words has no words of its own.
    const isWorded = field('context').value.trim() !== '';
    for (const name of ['say', 'protect']) field(name).disabled = isWorded;
    try {
      const request = requestFrom(fields(), call()?.session_id);
      $('request').textContent = JSON.stringify(request, null, 2);
      $('commands').replaceChildren(
        ...commandsFor(request, location.origin).map(({ name, text }) => commandNode(name, text)),
      );
    } catch (error) {
      $('request').textContent = (error as Error).message;
      $('commands').replaceChildren();
    }
  }

  function commandNode(name: string, text: string) {
    const copy = button('Copy', () => {
      void navigator.clipboard.writeText(text).then(() => {
        copy.textContent = 'Copied';
      });
    });
    copy.setAttribute('aria-label', `Copy the command: ${name}`);
    return element('li', '', element('div', '', name, copy), element('pre', '', text));
  }
}

/** In a few words: where it comes from, and what it says. */
function whatOf({ say, context, id }: InterruptionRequest, through: readonly Source[]): string {
  const words = context ? JSON.stringify(context) : say ? '' : 'silence';
  return [through.join(' + '), words || id].filter(Boolean).join(' ');
}

function toggle(input: HTMLInputElement, needed: boolean) {
  input.disabled = !needed;
  if (input.parentElement) input.parentElement.hidden = !needed;
}

import type { ActionOf } from '../../functions/protocol/index.ts';
import type { OutcomeEvent } from '../outcomes.ts';
import type { SessionView } from '../session-view.ts';
import type { CallSummary } from '../simulator/call-types.ts';
import type { Story, StoryStep } from '../story.ts';
import * as api from './api.ts';
import { createCalls } from './calls.ts';
import { $, button, element } from './dom.ts';
import { showApplication } from './foreign.ts';
import { createForm } from './form.ts';
import { createMicrophone, hasMicrophone } from './microphone.ts';
import { showMoment } from './moment.ts';
import { createPicture, type Picture } from './picture.ts';
import { createSound } from './sound.ts';
import { createTimelineView } from './timeline-view.ts';
import { createTranscript } from './transcript.ts';
import { createTryIt } from './try-it.ts';
import { createWaits, type Waits } from './waits.ts';

/** The first thing that somebody sees who has just typed `npm start`. */
const FIRST = 'order-status';
/** The picture is drawn again so often while a call lives. */
const FRAME_MS = 100;
/** What waits is told by no event. */
const LOOK_MS = 1_000;

let stories = new Map<string, Story>();
let weathers: Record<string, object> = {};
let picture: Picture = createPicture();
let waits: Waits = createWaits();
let selected: string | undefined;
let moment: number | undefined;
let session: SessionView | undefined;

const calls = createCalls(select);
const view = createTimelineView(choose);
const transcript = createTranscript(choose);
const tryIt = createTryIt(act);
const sound = createSound((text) => {
  $('sound-note').textContent = text;
  $('sound-note').hidden = text === '';
});
const microphone = createMicrophone({
  heard: (text) => caller('speech', { text }),
  problem,
  changed: () => $('microphone').setAttribute('aria-pressed', String(microphone.isOn())),
});
const form = createForm({
  call: () => calls.get(selected),
  sending: (id, what) => waits.sent(id, what, now()),
  problem,
});

const isLive = () => calls.get(selected)?.state === 'active';
const now = () => Date.now() - (calls.get(selected)?.started_at ?? Date.now());

/* ---- what went wrong ---- */

function problem(message: string | undefined) {
  $('problem').textContent = message ?? '';
  $('problem').hidden = !message;
}

/** Does what a person asked for, and shows what went wrong. */
async function attempt(work: () => Promise<unknown>) {
  try {
    problem(undefined);
    await work();
  } catch (error) {
    problem((error as Error).message);
  }
}

const notices = new Map<string, HTMLElement>();

function note({ key, text, session_id }: { key: string; text?: string; session_id?: string }) {
  notices.get(key)?.remove();
  notices.delete(key);
  if (text === undefined) return;
  const from = session_id && calls.get(session_id)?.from;
  const node = element('li', '', element('span', '', from ? `${from}: ${text}` : text));
  node.append(button('Close', () => node.remove()));
  notices.set(key, node);
  $('notices').append(node);
  // Of 200 that went wrong one is as good as all.
  while ($('notices').childElementCount > 3) $('notices').firstElementChild?.remove();
}

/* ---- the call that is looked at ---- */

function select(id: string) {
  const call = calls.get(id);
  sound.stop();
  sound.mix(undefined);
  [selected, moment, session] = [id, undefined, undefined];
  picture = createPicture(call?.speed);
  waits = createWaits();
  calls.select(id);
  view.show(picture);
  transcript.show(picture);
  showStory(call?.template);
  showHead();
  void refresh();
  void look();
}

const CHOOSE =
  'Choose a template under “Call a template”: it is called, and here is what to say, and what to send.';

function showStory(template: string | undefined) {
  const story = template === undefined ? undefined : stories.get(template);
  if (story && template !== undefined) tryIt.show(template, story, picture);
  else tryIt.hide(stories.size > 0 ? CHOOSE : undefined);
  for (const node of document.querySelectorAll<HTMLElement>('#stories button')) {
    if (node.dataset.name === template) node.setAttribute('aria-current', 'true');
    else node.removeAttribute('aria-current');
  }
}

function showHead() {
  const call = calls.get(selected);
  if (!call) return;
  $('title').textContent = `${call.from} → ${call.to}`;
  $('state').textContent = call.state === 'active' ? 'on the line' : 'ended';
  $('session').textContent = call.session_id;
  $<HTMLFieldSetElement>('caller').disabled = call.state !== 'active';
  form.refresh();
}

let reading = false;
let again = false;

/**
 * The stream says that something happened; what it was is read from the call, so nothing is lost or
 * doubled.
 */
async function refresh() {
  again = reading;
  const id = selected;
  if (reading || id === undefined) return;
  reading = true;
  try {
    const { timeline } = await api.readTimeline(id, picture.entries.length);
    if (id === selected) {
      for (const entry of timeline) {
        picture.add(entry);
        if (isLive()) hear();
      }
      if (timeline.length > 0) show();
    }
  } catch (error) {
    problem((error as Error).message);
  }
  reading = false;
  if (again || id !== selected) void refresh();
}

/** After each entry: what begins or stops to sound. */
function hear() {
  const last = picture.entries.at(-1);
  const bar = picture.playing();
  const language = calls.get(selected)?.language.split(',')[0] ?? 'en-US';
  if (last?.kind === 'playback_started' && bar) sound.play(bar, now() - bar.from_ms, language);
  if (last?.kind === 'playback_interrupted') sound.stop();
  sound.mix(picture.background() as ActionOf<'mix_audio'> | undefined);
}

function show() {
  transcript.update();
  if (moment === undefined) showMoment(picture, undefined);
  draw();
}

function draw() {
  view.draw(isLive() ? now() : picture.end_ms(), waits.list(), isLive());
}

function choose(id: number) {
  moment = moment === id ? undefined : id;
  view.select(moment);
  transcript.select(moment);
  $<HTMLDetailsElement>('moment').open = true;
  showMoment(picture, moment);
}

/* ---- what the functions know ---- */

async function look() {
  const id = selected;
  if (id === undefined) return;
  const answer = await api.readSession(id).catch(() => ({ session: undefined }));
  if (id !== selected) return;
  session = answer.session;
  if (session) waits.waiting(session.waiting, now());
  showKnown();
}

function showKnown() {
  if (!session) {
    delete $('known').dataset.key;
    $('known').replaceChildren(
      element('dt', '', 'Of this call'),
      element('dd', '', 'nothing, yet'),
    );
    return;
  }
  const { template, turn, labels, state, speaking, waiting } = session;
  const label = (name: string) => {
    const node = button(name, () => form.target('label', name));
    node.title = 'interrupt whoever has this label';
    return node;
  };
  const rows: [string, (string | Node)[]][] = [
    ['Template', [template]],
    ['Turn', [String(turn)]],
    ['Labels', labels.length > 0 ? labels.map(label) : ['none']],
    ['State', [element('code', '', JSON.stringify(state))]],
    ['Speaks', [speaking ? (picture.playing()?.text ?? 'yes') : 'no']],
    ['Waits', [waiting.join(', ') || 'nothing']],
  ];
  const key =
    JSON.stringify(rows.map(([name]) => name)) + JSON.stringify(session) + rows[4]?.[1][0];
  if ($('known').dataset.key === key) return;
  $('known').dataset.key = key;
  $('known').replaceChildren(
    ...rows.flatMap(([name, value]) => [element('dt', '', name), element('dd', '', ...value)]),
  );
}

/* ---- what a person does ---- */

const caller = (what: string, body?: object) => {
  const id = selected;
  return attempt(async () => {
    if (id !== undefined) await api.callerDoes(id, what, body);
  });
};

function act(step: StoryStep) {
  if ('say' in step) return void caller('speech', { text: step.say });
  if ('press' in step) return void caller('dtmf', { digit: step.press });
  if ('hang_up' in step) return void caller('hangup');
  const { target = { session_id: selected } } = step.interrupt;
  // A story may be told again: the same event once more would be a duplicate, rightly.
  const { id = 'story', ...request } = step.interrupt;
  void form.send({ ...request, target, id: `${id}-${Date.now()}` }, step.through);
}

async function place(options: object) {
  const { session_id } = await api.placeCall(options);
  for (const call of (await api.readCalls()).calls) calls.note(call);
  select(session_id);
}

$<HTMLFormElement>('place').onsubmit = (submitted) => {
  submitted.preventDefault();
  const given = new FormData($<HTMLFormElement>('place'));
  const { weather, speed, ...options } = Object.fromEntries(
    [...given].filter(([, value]) => value !== ''),
  );
  void attempt(() =>
    place({
      ...options,
      ...(speed && { speed: Number(speed) }),
      // As on the command line: the later one counts where two say the same.
      ...(weather && {
        weather: Object.assign({}, ...given.getAll('weather').map((name) => weathers[`${name}`])),
      }),
    }),
  );
};

$<HTMLFormElement>('say').onsubmit = (submitted) => {
  submitted.preventDefault();
  const text = $<HTMLInputElement>('text');
  void caller('speech', { text: text.value });
  text.value = '';
};
$('hangup').onclick = () => void caller('hangup');
$('keys').append(
  ...[...'123456789*0#'].map((digit) => button(digit, () => void caller('dtmf', { digit }))),
);

$('sound').onclick = () => {
  sound.turn(!sound.isOn());
  $('sound').setAttribute('aria-pressed', String(sound.isOn()));
  $('sound').textContent = sound.isOn() ? 'Sound is on' : 'Sound is off';
  const bar = picture.playing();
  const language = calls.get(selected)?.language.split(',')[0] ?? 'en-US';
  if (sound.isOn() && bar && isLive()) sound.play(bar, now() - bar.from_ms, language);
};

$('microphone').hidden = !hasMicrophone();
$('microphone').onclick = () => {
  if (microphone.isOn()) microphone.turn(false, '');
  else $('microphone-note').hidden = false;
};
$('microphone-no').onclick = () => {
  $('microphone-note').hidden = true;
};
$('microphone-yes').onclick = () => {
  $('microphone-note').hidden = true;
  microphone.turn(true, calls.get(selected)?.language.split(',')[0] ?? 'en-US');
};

/* ---- outcomes ---- */

const OUTCOMES_LISTED = 100;
const STYLE: Record<string, string> = { failed: 'bad', skipped: 'aside' };

function noteOutcome({ detail_type, detail }: OutcomeEvent, isNew = true) {
  const { interruption_id, session_id, reason, took_ms, error } = detail as {
    interruption_id: string;
    session_id?: string;
    reason?: string;
    took_ms?: number;
    error?: { message: string };
  };
  if (isNew && session_id === selected) waits.outcome({ detail_type, detail }, now());
  const word = detail_type.replace('Interruption ', '').toLowerCase();
  const more = reason ?? error?.message ?? (took_ms === undefined ? '' : `after ${took_ms} ms`);
  const whose = calls.get(session_id)?.from ?? session_id ?? 'nobody';
  const list = $('outcomes').querySelector('ol');
  list?.prepend(
    element(
      'li',
      '',
      element('span', STYLE[word] ?? 'ok', word),
      ` ${more}`,
      element('small', '', `${whose} · ${interruption_id}`),
    ),
  );
  if (list && list.childElementCount > OUTCOMES_LISTED) list.lastElementChild?.remove();
}

/* ---- live ---- */

function told(notice: api.Notice) {
  switch (notice.type) {
    case 'call':
      return noteCall(notice.call);
    case 'outcome':
      noteOutcome(notice.outcome);
      return void look();
    case 'notice':
      return note(notice.notice);
    case 'timeline':
      if (notice.session_id !== selected) return;
      // Before it is known what: whoever was cut is silent at once.
      if (notice.kind === 'playback_interrupted') sound.stop();
      void refresh();
      return void look();
  }
}

function noteCall(call: CallSummary) {
  calls.note(call);
  if (call.session_id === selected) showHead();
}

async function connected() {
  note({ key: 'connection' });
  const [all, outcomes, current] = await Promise.all([
    api.readCalls(),
    api.readOutcomes(),
    api.readNotices(),
  ]);
  for (const call of all.calls) calls.note(call);
  $('outcomes').querySelector('ol')?.replaceChildren();
  for (const outcome of outcomes.outcomes) noteOutcome(outcome, false);
  for (const notice of current.notices) note(notice);
  const newest = calls.newest();
  if (selected !== undefined && calls.get(selected)) return void refresh();
  if (newest) return select(newest.session_id);
  await place(stories.has(FIRST) ? { template: FIRST } : {});
}

function listStories() {
  $('stories').replaceChildren(
    ...[...stories].map(([name, { about, call }]) => {
      const node = button(name, () => void attempt(() => place({ ...call, template: name })));
      node.title = about;
      node.dataset.name = name;
      return element('li', '', node);
    }),
  );
  const chosen = $('place').querySelector('select[name=template]');
  chosen?.append(...[...stories.keys()].map((name) => element('option', '', name)));
  const weather = $('place').querySelector('select[name=weather]');
  weather?.append(...Object.keys(weathers).map((name) => element('option', '', name)));
}

void attempt(async () => {
  const [{ templates }, given] = await Promise.all([api.readTemplates(), api.readWeathers()]);
  stories = new Map(
    templates
      .toSorted((a, b) => Number(b.name === FIRST) - Number(a.name === FIRST))
      .map(({ name, story }) => [name, story]),
  );
  weathers = given.weathers;
  listStories();
  showStory(undefined);
  await showApplication(() => calls.get(selected));
  const stream = new EventSource('/simulator/stream?brief');
  stream.onopen = () => void attempt(connected);
  stream.onmessage = ({ data }) => told(JSON.parse(data));
  stream.onerror = () =>
    note({
      key: 'connection',
      text: 'No connection to the runtime: is `npm start` still running? Trying again …',
    });
});

let drawn = 0;
setInterval(() => {
  if (!isLive()) return;
  tryIt.tick(now());
  drawn++;
  if (document.hidden) return;
  draw();
  if ((drawn * FRAME_MS) % LOOK_MS === 0) void look();
}, FRAME_MS);

if (matchMedia('(min-width: 1100px)').matches) $<HTMLDetailsElement>('outcomes').open = true;

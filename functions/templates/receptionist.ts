import { defineTemplate, type TemplateSession, type Trigger } from '../assistant/template.ts';
import { bargeIn, hangup, sendSms, speak, transfer } from '../protocol/builders.ts';

/** `person`: whose telephone rang last. `leaving`: what the caller says next is a message for that person. */
type Memory = { person: string; leaving: boolean; goodbye: boolean };
type Session = TemplateSession<Partial<Memory>>;

const US = { caller_id_name: 'Bicycle shop', caller_id_number: '493023125000' };
/** Takes messages as SMS, which sipgate enables for you. */
const MESSAGES_TO = '491713920001';
const RINGS_SECONDS = 20;

/** What a caller may want: by its key, or by its words, of which the first that fit count. */
const MENU = [
  { key: '3', words: /\b(open|opening|hours|close)\b/i, says: 'We are open from nine to six, Monday to Saturday.' },
  { key: '1', words: /\b(sales|buy|order|price)\b/i, person: { name: 'Sales', number: '493023125101' } },
  { key: '2', words: /\b(support|help|repair|broken)\b/i, person: { name: 'Support', number: '493023125102' } },
];
const CHOICES = 'Say sales or press 1, support or press 2, opening hours or press 3.';

/** Puts callers through, and takes a message when nobody answers. Whoever joins by a trigger gets the caller, too. */
export default defineTemplate<Memory>({
  fallback: 'Sorry, could you say that again?',

  onSessionStart(_event, { reopened, state }) {
    if (!reopened) return ask(`Hello, this is the bicycle shop. ${CHOICES}`);
    // A transfer with a timeout has failed, and the caller is back.
    state.leaving = true;
    return ask(`${state.person ?? 'My colleague'} can't answer. What is it about, and how can we reach you?`);
  },

  onUserSpeak({ text }, session) {
    const { leaving } = session.state;
    listenAgain(session);
    if (isFarewell(text)) return sayGoodbye('Thank you for calling. Goodbye.', session);
    if (leaving) return takeMessage(text, session);
    return chosen(({ words }) => words.test(text), session);
  },

  // A key doesn't stop what is being said, as words do.
  onDtmfReceived({ digit }, session) {
    listenAgain(session);
    return [bargeIn(), chosen(({ key }) => key === digit, session)];
  },

  onTrigger({ context }, session) {
    const operator = operatorIn(context);
    return operator && [`${operator.name} is joining now.`, putThrough(operator, session)];
  },

  onSmsFailed(_event, session) {
    listenAgain(session);
    return [bargeIn(), 'I am sorry, your message did not go out. What else can I do?'];
  },

  onAssistantSpeechEnded: (_event, { state }) => (state.goodbye ? hangup() : undefined),
});

function chosen(fits: (choice: (typeof MENU)[number]) => boolean, session: Session) {
  const { says = CHOICES, person } = MENU.find(fits) ?? {};
  return person ? putThrough(person, session) : ask(says);
}

function putThrough({ name, number }: { name: string; number: string }, { state }: Session) {
  state.person = name;
  return transfer({ target_phone_number: number, timeout: RINGS_SECONDS, ...US });
}

function takeMessage(text: string, session: Session) {
  const { caller = 'a withheld number', state } = session;
  const message = `For ${state.person ?? 'anybody'}, from ${caller}: ${text}`;
  return [sendSms({ phone_number: MESSAGES_TO, message }), sayGoodbye('I will pass that on. Goodbye.', session)];
}

/** The end of this sentence hangs up: beside it, a `hangup` would cut it, and so would a caller who coughs. */
function sayGoodbye(text: string, { state }: Session) {
  state.goodbye = true;
  return speak(text, { barge_in: { strategy: 'none' } });
}

/** Whoever goes on talking doesn't want to be hung up on. */
function listenAgain({ state }: Session) {
  delete state.goodbye;
  delete state.leaving;
}

/** Even "no" cuts it short. */
const ask = (text: string) => speak(text, { barge_in: { strategy: 'minimum_characters', minimum_characters: 1 } });

const FAREWELL = ['no', 'thanks', 'thank', 'you', 'that', 'is', 's', 'all', 'good', 'goodbye', 'bye'];

/** Nothing but a farewell: a message may end with one. */
const isFarewell = (text: string) => !!text.match(/\p{L}+/gu)?.every((word) => FAREWELL.includes(word.toLowerCase()));

/** `{ "operator": "Anna", "number": "493023125103" }` */
function operatorIn(context: Trigger['context']) {
  const { operator, number } = Object(context) as Record<string, unknown>;
  return typeof operator === 'string' && typeof number === 'string' ? { name: operator, number } : undefined;
}

import {
  bargeIn,
  defineTemplate,
  hangup,
  sendSms,
  type TemplateSession,
  type Trigger,
  transfer,
} from '../template/index.ts';

/** `person`: whose telephone rang last. `leaving`: what the caller says next is a message for that person. */
type Memory = { person: string; leaving: boolean };
type Session = TemplateSession<Partial<Memory>>;

const US = { caller_id_name: 'Bicycle shop', caller_id_number: '493023125000' };
const RINGS_SECONDS = 20;
/** Gets messages as SMS, which sipgate enables for you. */
const MESSAGES_TO = '491713920001';

/** What a caller may want: by its key, or by its words, of which the first that fit count. */
const MENU = [
  {
    key: '3',
    words: /\b(open|opening|hours|close)\b/i,
    says: 'We are open from nine to six, Monday to Saturday.',
  },
  {
    key: '1',
    words: /\b(sales|buy|order|price)\b/i,
    person: { name: 'Sales', number: '493023125101' },
  },
  {
    key: '2',
    words: /\b(support|help|repair|broken)\b/i,
    person: { name: 'Support', number: '493023125102' },
  },
];
const CHOICES = 'Say sales or press 1, support or press 2, opening hours or press 3.';

/** Puts callers through, and takes a message when nobody answers. Whoever joins by a trigger gets the caller, too. */
export default defineTemplate<Memory>({
  fallback: 'Sorry, could you say that again?',
  silence: { ask: `Are you still there? ${CHOICES}`, goodbye: 'I can’t hear you. Goodbye.' },

  onSessionStart(_event, { reopened, state }) {
    if (!reopened) return `Hello, this is the bicycle shop. ${CHOICES}`;
    // A transfer has failed within its timeout, and the caller is back.
    state.leaving = true;
    return `${state.person ?? 'My colleague'} can't answer. What is it about, and how can we reach you?`;
  },

  onUserSpeak({ text }, session) {
    const { leaving } = session.state;
    delete session.state.leaving;
    if (isFarewell(text)) return ['Thank you for calling. Goodbye.', hangup()];
    if (leaving) return [message(text, session), 'I will pass that on. Goodbye.', hangup()];
    return chosen(({ words }) => words.test(text), session);
  },

  onDtmfReceived({ digit }, session) {
    delete session.state.leaving;
    // A key doesn't stop what is being said, as words do.
    return [bargeIn(), ...chosen(({ key }) => key === digit, session)];
  },

  onTrigger({ context }, session) {
    const operator = operatorIn(context);
    return operator && [`${operator.name} is joining now.`, call(operator, session)];
  },

  onSmsFailed: () => [bargeIn(), 'I am sorry, your message did not go out. What else can I do?'],
});

function chosen(fits: (choice: (typeof MENU)[number]) => boolean, session: Session) {
  const { says = CHOICES, person } = MENU.find(fits) ?? {};
  return person ? [`One moment, I am calling ${person.name}.`, call(person, session)] : [says];
}

function call({ name, number }: { name: string; number: string }, { state }: Session) {
  state.person = name;
  return transfer({ target_phone_number: number, timeout: RINGS_SECONDS, ...US });
}

function message(text: string, { caller = 'a withheld number', state }: Session) {
  return sendSms({
    phone_number: MESSAGES_TO,
    message: `For ${state.person ?? 'anybody'}, from ${caller}: ${text}`,
  });
}

const FAREWELL = [
  'no',
  'thanks',
  'thank',
  'you',
  'that',
  'is',
  's',
  'all',
  'good',
  'goodbye',
  'bye',
];

/** Nothing but a farewell: a message may end with one. */
const isFarewell = (text: string) =>
  !!text.match(/\p{L}+/gu)?.every((word) => FAREWELL.includes(word.toLowerCase()));

/** `{ "operator": "Anna", "number": "493023125103" }` */
function operatorIn(context: Trigger['context']) {
  const { operator, number } = Object(context) as Record<string, unknown>;
  return typeof operator === 'string' && typeof number === 'string'
    ? { name: operator, number }
    : undefined;
}

import { styleText } from 'node:util';
import type { Action } from '../functions/protocol/index.ts';
import type { TimelineEntry } from './simulator/timeline.ts';

/**
 * A timeline entry as a line for the terminal; in colour where stdout is a terminal and `NO_COLOR`
 * isn't set.
 */
export function lineFor(entry: TimelineEntry): string {
  return line(entry.at_ms, ...describe(entry));
}

/** A line of the same shape for what is in no timeline. */
export function line(at_ms: number, who: string, what: string, style: Style): string {
  const at = `${(at_ms / 1000).toFixed(2).padStart(6)} s`;
  return `${styleText('dim', at)}  ${styleText(style, who.padEnd(9))}  ${style === 'dim' ? styleText('dim', what) : what}`;
}

type Style = 'cyan' | 'green' | 'yellow' | 'red' | 'magenta' | 'dim';

function describe(entry: TimelineEntry): [who: string, what: string, style: Style] {
  switch (entry.kind) {
    case 'event':
      return event(entry);
    case 'action':
      return ['action', `${entry.action.type}${detailOf(entry.action)} (${entry.source})`, 'dim'];
    case 'playback_started':
      return ['assistant', 'text' in entry ? entry.text : 'plays a clip', 'cyan'];
    case 'playback_finished':
      return ['heard', 'to the end', 'dim'];
    case 'playback_interrupted':
      return ['cut', `by the ${entry.by}, heard: ${JSON.stringify(entry.heard)}`, 'yellow'];
    case 'error':
      return ['error', `${entry.message} (${entry.see})`, 'red'];
  }
}

/** What is not heard; speech has a line of its own. */
function detailOf(action: Action): string {
  switch (action.type) {
    case 'transfer':
      return ` to ${action.target_phone_number}`;
    case 'send_sms':
      return ` to ${action.phone_number}: ${JSON.stringify(action.message)}`;
    case 'mix_audio':
      return action.stop ? ' stop' : ' start';
    default:
      return '';
  }
}

function event({
  event,
  status,
  took_ms,
}: Extract<TimelineEntry, { kind: 'event' }>): [string, string, Style] {
  const answer = status === undefined ? 'a frame' : `${status} in ${Math.round(took_ms ?? 0)} ms`;
  if (event.type === 'user_speak')
    return ['caller', `${event.text}  ${styleText('dim', `→ ${answer}`)}`, 'green'];
  if (event.type === 'dtmf_received')
    return ['caller', `presses ${event.digit}  ${styleText('dim', `→ ${answer}`)}`, 'green'];
  return ['event', `${event.type} → ${answer}`, 'dim'];
}

/**
 * The data of server-sent events, each as soon as it is whole. One that isn't ended is none.
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export async function* eventsIn(texts: AsyncIterable<string>): AsyncIterable<string> {
  let rest = '';
  let data: string[] = [];
  for await (const text of texts) {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > MAX_CHARACTERS) throw new Error('an event of the stream is too long');
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice('data:'.length).replace(/^ /, ''));
      if (line !== '' || data.length === 0) continue;
      yield data.join('\n');
      data = [];
    }
  }
}

const MAX_CHARACTERS = 1_000_000;

/** What AI Flow plays: RIFF/WAVE, PCM, 16 kHz, mono, 16 bit. Source: the `audio` action's page. */
const BYTES_PER_MS = (16_000 * 2) / 1000;
const HEADER_BYTES = 4096;

/** What is wrong with a Base64 WAV, by its header alone; `undefined` if AI Flow can play it. */
export function wavProblem(base64: string): string | undefined {
  if (base64 === '') return 'must not be empty';
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(base64.slice(-80))) return 'must be Base64';
  const bytes = Buffer.from(base64.slice(0, Math.ceil(HEADER_BYTES / 3) * 4), 'base64');
  if (tag(bytes, 0) !== 'RIFF' || tag(bytes, 8) !== 'WAVE')
    return 'must be a WAV file (RIFF/WAVE header)';
  const format = chunk(bytes, 'fmt ');
  if (!format || format.start + 16 > bytes.length) return 'must have a complete "fmt " chunk';
  const read = {
    codec: bytes.readUInt16LE(format.start),
    channels: bytes.readUInt16LE(format.start + 2),
    rate: bytes.readUInt32LE(format.start + 4),
    bits: bytes.readUInt16LE(format.start + 14),
  };
  if (read.codec !== 1 || read.channels !== 1 || read.rate !== 16_000 || read.bits !== 16) {
    return `must be 16000 Hz, 1 channel, 16 bit PCM (codec 1), not ${read.rate} Hz, ${read.channels} channel(s), ${read.bits} bit, codec ${read.codec}: convert it with \`ffmpeg -i in.wav -ar 16000 -ac 1 -c:a pcm_s16le out.wav\``;
  }
  const data = chunk(bytes, 'data');
  return data && data.size > 0
    ? undefined
    : 'must contain samples (its "data" chunk is missing or empty)';
}

/** Playing time in milliseconds of a WAV that {@link wavProblem} accepts. */
export function wavDurationMs(base64: string): number {
  const bytes = Buffer.from(base64, 'base64');
  const data = chunk(bytes, 'data');
  // Streaming encoders write 0xFFFFFFFF as the size: the file's end counts then.
  return data ? Math.min(data.size, bytes.length - data.start) / BYTES_PER_MS : 0;
}

const tag = (bytes: Buffer, at: number) => bytes.toString('latin1', at, at + 4);

function chunk(bytes: Buffer, id: string): { start: number; size: number } | undefined {
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32LE(at + 4);
    if (tag(bytes, at) === id) return { start: at + 8, size };
    at += 8 + size + (size % 2);
  }
  return undefined;
}

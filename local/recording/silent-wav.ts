const BYTES_PER_MS = 32;

/**
 * A JSON value in which each clip that a recording knows the length of is a silent WAV of it, as
 * Base64.
 */
export function withClips(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withClips);
  if ('wav_ms' in value && typeof value.wav_ms === 'number') return silentWav(value.wav_ms);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withClips(each)]));
}

/** 16 kHz, mono, 16-bit PCM. */
function silentWav(ms: number): string {
  const size = Math.max(1, Math.round(ms)) * BYTES_PER_MS;
  const wav = Buffer.alloc(44 + size);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + size, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(16_000, 24);
  wav.writeUInt32LE(32_000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(size, 40);
  return wav.toString('base64');
}

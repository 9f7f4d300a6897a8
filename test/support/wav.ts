interface Format {
  rate?: number;
  channels?: number;
  bits?: number;
  codec?: number;
}

/** A silent WAV as Base64; by default what AI Flow plays (16 kHz, mono, 16-bit PCM). */
export function wav(
  ms: number,
  { rate = 16_000, channels = 1, bits = 16, codec = 1 }: Format = {},
): string {
  const samples = Buffer.alloc(Math.round((ms / 1000) * rate) * channels * (bits / 8));
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(codec, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE((rate * channels * bits) / 8, 28);
  header.writeUInt16LE((channels * bits) / 8, 32);
  header.writeUInt16LE(bits, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]).toString('base64');
}

import { deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * JSON in as few bytes as it takes: each write of a call costs what its row weighs. To read one by
 * hand, cut the first byte off and inflate the rest with this file's vocabulary.
 */
export function packed(value: unknown): Uint8Array {
  return Buffer.concat([Buffer.of(VERSION), deflateRawSync(JSON.stringify(value), OPTIONS)]);
}

/** Reads {@link packed}. Throws for what another version of these functions has packed. */
export function unpacked(bytes: Uint8Array): unknown {
  const [version] = bytes;
  if (version !== VERSION) {
    throw new Error(
      `a call was written in version ${version}, and these functions read ${VERSION}: deploy the newer ones`,
    );
  }
  return JSON.parse(inflateRawSync(bytes.subarray(1), OPTIONS).toString());
}

/** Of the vocabulary: with another one no byte can be read that was written with this one. */
const VERSION = 1;

/** What the JSON of a call consists of; what comes most often stands last. */
const VOCABULARY = [
  '"unreachable":"caller_speaks":"transferred":{"at":"timeout":true}"ended":"claims":[["more":true"wakes_at":17',
  '"protected""urgent","rules":{"if_turn":"only_if_speaking":true"after_current":true"not_while_caller_speaks":true',
  '"force":true"after":"expires_at":17"trigger":{"id":"job":"falls":true"ends":"hangup""transfer""with":"behind":"',
  '"from":"interruption""from":"progress""from":"rest""from":"then""guarded":""immediate":true"unsure":"told""told":true',
  '"beside":""announced":"unknown":true"timer":{"seconds":5,"ours":true}"user_input_timeout_seconds":5',
  '"tts":{"provider":"azure","language":"en-US","voice":""eleven_labs""barge_in":{"strategy":""type":"barge_in"',
  '"type":"audio","audio":"{"type":"hangup"}"pending":[{"by":""jobs":[{"key":"","turn":"until":17"parts":',
  '"kind":"unsaid","by":""kind":"gone""kind":"unlisted""kind":"over""kind":"start","number":""caller":"49","callee":"49',
  '"account_id":""reopened":true"labels":["state":{"listed":""socket":{"id":"="voice":{"silent_at":17"words":[{"by":"","at":17',
  ',"turn":,"print":"","ms":,"answered":17}]"start":{"by":"","at":17,"answered":true},"applied":["","folded":["","',
  '"],"kind":"voice"}"kind":"silence"}"kind":"words","print":"","ms":,"cuts":true,"until":17',
  '{"turn":,"opened":,"starts":1,"queue":[{"from":"answer","start":1,"turn":,"key":"","actions":[{"type":"speak",',
  '"text":""}],"length":{"ms":},"print":"","sent":{"at":17,"by":""},"began":{"at":17,"reported":true},',
  '"silent":true"end":{"at":17,"how":"full","owed":true}"how":"early""how":"app""how":"caller"',
  '"kind":"other"}"kind":"ended"}"started":17{"id":"","at":17,"socket":"=","kind":"began","print":"","ms":',
].join('');

/** `chunkSize`: without it each call takes 16 KB anew. */
const OPTIONS = {
  dictionary: Buffer.from(VOCABULARY),
  windowBits: 12,
  memLevel: 5,
  level: 9,
  chunkSize: 2048,
};

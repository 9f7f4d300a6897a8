export * from './actions.ts';
export type { Asset, NamedDraft } from './assets.ts';
export * from './builders.ts';
export * from './events.ts';
export { InvalidValue } from './invalid.ts';
export {
  type BargeInConfig,
  bargeInConfigSchema,
  type Tts,
  ttsSchema,
  type Vad,
  vadSchema,
} from './settings.ts';

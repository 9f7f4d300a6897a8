/**
 * An assistant on AI Flow as part of a CDK app, and rules that interrupt its calls: `docs/cdk.md`.
 */
export type { Mapping } from '../functions/interruption/mapping.ts';
export { AiFlowAssistant, type AiFlowAssistantProps } from './assistant.ts';
export { InvalidAssistant } from './assistant-props.ts';
export { InterruptCall } from './interrupt-call.ts';
export type { MessageOptions, MessageSource } from './interrupting-pipe.ts';
export type { WayIn } from './interruptions.ts';
export { InvalidMapping } from './mapping.ts';

import type { FunctionName } from '../lib/bundle.ts';
import type { Settings } from './settings.ts';
import { AI_FLOW_ID } from './simulator/behaviour.ts';

/** What a function finds on this machine instead of in AWS. */
export interface Surroundings {
  settings: Settings;
  /** Of the runtime. */
  url: string;
  databaseEndpoint: string;
  table: string;
  /** Which call flows there are, and what they have declared. */
  flowEnv: Readonly<Record<string, string>>;
}

/** What the stack sets on a deployed function, with local values. */
export const functionEnv = (
  name: FunctionName,
  surroundings: Surroundings,
): Record<string, string> => ({
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL_DYNAMODB: surroundings.databaseEndpoint,
  AWS_ENDPOINT_URL_EVENTBRIDGE: `${surroundings.url}/eventbridge`,
  AWS_LAMBDA_FUNCTION_NAME: name,
  SESSIONS_TABLE: surroundings.table,
  OUTCOMES_BUS: 'local',
  INTERRUPTION_QUEUE_URL: `${surroundings.url}/sqs/interruptions`,
  AWS_ENDPOINT_URL_SQS: `${surroundings.url}/sqs`,
  ...surroundings.flowEnv,
  ...(surroundings.settings.assetsBucketUrl && {
    ASSETS_BUCKET_URL: surroundings.settings.assetsBucketUrl,
  }),
  ...OWN[name](surroundings),
});

const OWN: Record<FunctionName, (surroundings: Surroundings) => Record<string, string>> = {
  webhook: answering,
  websocket: answering,
  interrupt: interrupting,
  // Your own credentials and region win here; nothing else on this machine asks whose they are.
  job: (surroundings) => ({
    ...interrupting(surroundings),
    ...surroundings.settings.bedrock,
    ...surroundings.settings.modelServer,
  }),
  call: ({ settings, url }) => ({
    AI_FLOW_API_URL: url,
    AI_FLOW_API_TOKEN: settings.externalApiToken,
    AI_FLOW_ID,
    BILLING_DEVICE: 'e2',
  }),
};

function answering({ settings, url }: Surroundings): Record<string, string> {
  return {
    WEBHOOK_TOKEN: settings.webhookToken,
    JOB_FUNCTION_URL: `${url}/2015-03-31/functions/job/invocations`,
    PUSH_WAYS: settings.externalApiUrl === '' ? 'websocket' : 'channel,websocket',
  };
}

function interrupting({ settings, url }: Surroundings): Record<string, string> {
  return {
    EXTERNAL_API_URL: settings.externalApiUrl ?? `${url}/simulator/sessions/{session_id}/actions`,
    EXTERNAL_API_TOKEN: settings.externalApiToken,
    ...settings.externalApi,
    WEBSOCKET_ENDPOINT: url,
    // The simulator has everything else of a call: only what interrupts it comes from elsewhere.
    RECORDING_DAYS: '1',
  };
}

import type { AssistantSettings } from './assistant.ts';
import { type Configuration, InvalidConfiguration, readConfiguration } from './configuration.ts';

/** A property that can't be deployed. The message says where in the app, which one, the value seen and the remedy. */
export class InvalidAssistant extends Error {
  override readonly name = 'InvalidAssistant';
}

/** The properties with their defaults. Throws {@link InvalidAssistant}. */
export const checkedProps = (where: string, props: AssistantSettings): Configuration =>
  asProperties(where, () => readConfiguration(asContext(props)));

/** What `read` gives; what it says of a context key is said of the property. Throws {@link InvalidAssistant}. */
export function asProperties<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) throw error;
    const property = PROPERTIES[error.key] ?? error.key;
    throw new InvalidAssistant(`${where}: ${property} ${error.problem}`, { cause: error });
  }
}

/** What the context keys that differ are called here. */
const PROPERTIES: Readonly<Record<string, string>> = {
  externalApiUrl: 'externalApi.url',
  externalApiMethod: 'externalApi.method',
  externalApiAuthHeader: 'externalApi.authHeader',
  externalApiAuthScheme: 'externalApi.authScheme',
  externalApiAcceptedStatuses: 'externalApi.acceptedStatuses',
  externalApiBody: 'externalApi.body',
  assetsBucket: 'assetsBucket.name',
  bucketAssets: 'assetsBucket.assets',
  aiFlowId: 'outbound.aiFlowId',
  billingDevice: 'outbound.billingDevice',
};

/** One set of rules for both: each property has a context key. */
function asContext(props: AssistantSettings): Record<string, unknown> {
  const { externalApi, assetsBucket, outbound } = props;
  const context = {
    // Left out it is no choice, rather than the default of a deployment.
    template: props.template ?? '',
    templateByNumber: props.templateByNumber,
    externalApiUrl: externalApi && (externalApi.url ?? null),
    externalApiMethod: externalApi?.method,
    externalApiAuthHeader: externalApi?.authHeader,
    externalApiAuthScheme: externalApi?.authScheme,
    externalApiAcceptedStatuses: externalApi?.acceptedStatuses,
    externalApiBody: externalApi?.body,
    assetsBucket: assetsBucket?.name,
    bucketAssets: assetsBucket?.assets,
    bedrockModelId: props.bedrockModelId,
    aiFlowId: outbound?.aiFlowId,
    billingDevice: outbound?.billingDevice,
    slowAnswerWaitMs: props.slowAnswerWaitMs,
    environment: props.environment,
    secrets: props.secrets,
    maxBundleBytes: props.maxBundleBytes,
    recordingDays: props.recordingDays,
    logRetentionDays: props.logRetentionDays,
  };
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
}

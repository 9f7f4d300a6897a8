import type { AssistantSettings } from './assistant.ts';
import { type ChosenFlows, chooseFlows } from './chosen-flows.ts';
import {
  type Configuration,
  type ContextKey,
  InvalidConfiguration,
  readConfiguration,
} from './configuration.ts';
import { checkGiven, type Texts } from './flow-environment.ts';
import { type GivenSecrets, placeOf } from './flow-secrets.ts';
import { InvalidFlow } from './flows.ts';
import { MODEL_KEY } from './model-server.ts';

/**
 * A property that can't be deployed. The message says where in the app, which one, the value seen
 * and the remedy.
 */
export class InvalidAssistant extends Error {
  override readonly name = 'InvalidAssistant';
}

export interface Checked extends Configuration {
  readonly chosen: ChosenFlows;
  readonly environment: Texts;
}

/**
 * The properties with their defaults, and what the call flows have of their own. Throws
 * {@link InvalidAssistant}.
 */
export function checkedProps(where: string, props: AssistantSettings): Checked {
  try {
    const configuration = readConfiguration(asContext(props));
    const chosen = chooseFlows(configuration);
    const { modelServer } = configuration;
    const { secrets } = chosen.declared;
    const { environment } = checkGiven(
      { ...chosen.declared, secrets: modelServer ? [...secrets, `${MODEL_KEY}?`] : secrets },
      configuration,
    );
    return { ...configuration, chosen, environment };
  } catch (error) {
    if (error instanceof InvalidFlow)
      throw new InvalidAssistant(`${where}: ${error.message}`, { cause: error });
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
  modelUrl: 'modelServer.url',
  model: 'modelServer.model',
  modelParameters: 'modelServer.parameters',
  assetsBucket: 'assetsBucket.name',
  bucketAssets: 'assetsBucket.assets',
  aiFlowId: 'outbound.aiFlowId',
  billingDevice: 'outbound.billingDevice',
};

/** One set of rules for both: each property has a context key. */
function asContext(props: AssistantSettings): Record<string, unknown> {
  const { externalApi, assetsBucket, modelServer, outbound } = props;
  // The compiler sees to it that none is forgotten.
  const context: Record<Exclude<ContextKey, 'stackName' | 'alarmTopic'>, unknown> = {
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
    modelUrl: modelServer && (modelServer.url ?? null),
    model: modelServer?.model,
    modelParameters: modelServer?.parameters,
    modelPrices: props.modelPrices,
    aiFlowId: outbound?.aiFlowId,
    billingDevice: outbound?.billingDevice,
    slowAnswerWaitMs: props.slowAnswerWaitMs,
    eventsPerSecond: props.eventsPerSecond,
    environment: props.environment,
    secrets: places(props.secrets),
    maxBundleBytes: props.maxBundleBytes,
    recordingDays: props.recordingDays,
    logRetentionDays: props.logRetentionDays,
  };
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
}

const places = (secrets: GivenSecrets | undefined) =>
  secrets &&
  Object.fromEntries(Object.entries(secrets).map(([name, given]) => [name, placeOf(given)]));

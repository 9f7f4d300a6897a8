import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type DomainMappingOptions,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

const WEBHOOK_PATH = '/webhook';

/** What a stage lets through: calls begin together, and a flood costs at most the rate. */
export const throttleAt = (eventsPerSecond: number) => ({
  rateLimit: eventsPerSecond,
  burstLimit: 2 * eventsPerSecond,
});

/**
 * Enough to find a slow or failed request again in the function's log; no address, no caller, no
 * user agent.
 */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    request_id: '$context.requestId',
    time: '$context.requestTime',
    route: '$context.routeKey',
    status: '$context.status',
    response_length: '$context.responseLength',
    response_ms: '$context.responseLatency',
    function_request_id: '$context.integration.requestId',
    integration_ms: '$context.integrationLatency',
    integration_error: '$context.integrationErrorMessage',
  }),
);

export interface WebhookApiProps {
  readonly name: string;
  readonly handler: IFunction;
  readonly eventsPerSecond: number;
  readonly logRetention: RetentionDays;
  readonly domain?: DomainMappingOptions | undefined;
}

/** The HTTP API: `POST /webhook` is its only route that anybody may call. */
export class WebhookApi extends Construct {
  readonly httpApi: HttpApi;
  readonly stage: HttpStage;
  /** Without a slash at its end. */
  readonly url: string;
  /** One line a request, also of those that no function sees. */
  readonly accessLog: LogGroup;
  /** The full address, for the AI Flow dashboard. */
  readonly webhookUrl: string;

  constructor(scope: Construct, id: string, props: WebhookApiProps) {
    super(scope, id);
    this.httpApi = new HttpApi(this, 'Api', {
      apiName: props.name,
      createDefaultStage: false,
    });
    const routes = this.httpApi.addRoutes({
      path: WEBHOOK_PATH,
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Webhook', props.handler),
    });
    this.accessLog = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.httpApi,
      stageName: '$default',
      autoDeploy: true,
      throttle: throttleAt(props.eventsPerSecond),
      ...(props.domain && { domainMapping: props.domain }),
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLog),
        format: ACCESS_LOG,
      },
    });
    this.url = props.domain ? this.stage.domainUrl.replace(/\/$/, '') : this.httpApi.apiEndpoint;
    this.webhookUrl = `${this.url}${WEBHOOK_PATH}`;
    for (const route of routes) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions::AwsSolutions-APIG4',
        reason:
          'AI Flow authenticates with X-API-TOKEN, which the function checks first: an authorizer would be a second function call before every answer.',
      });
    }
  }
}

import { Stack, Validations } from 'aws-cdk-lib';
import { WebSocketApi as Api, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

const STAGE = 'live';

/** As the webhook's: one event a second and call, and the frames that connect and disconnect. */
const THROTTLE = { rateLimit: 200, burstLimit: 400 };

export interface WebSocketApiProps {
  readonly handler: IFunction;
}

/** The WebSocket API: AI Flow's other transport, one connection for each call. */
export class WebSocketApi extends Construct {
  /** The address for the AI Flow dashboard, `wss://…`. */
  readonly url: string;
  /** For the function that pushes. */
  readonly environment: Record<string, string>;
  private readonly connectionsArn: string;

  constructor(scope: Construct, id: string, { handler }: WebSocketApiProps) {
    super(scope, id);
    const integration = (name: string) => ({ integration: new WebSocketLambdaIntegration(name, handler) });
    const api = new Api(this, 'Api', {
      apiName: `${Stack.of(this).stackName}-websocket`,
      connectRouteOptions: integration('Connect'),
      disconnectRouteOptions: integration('Disconnect'),
      // What the function returns for an event goes back as a frame.
      defaultRouteOptions: { ...integration('Default'), returnResponse: true },
    });
    const stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: api,
      stageName: STAGE,
      autoDeploy: true,
      throttle: THROTTLE,
    });
    this.url = stage.url;
    this.environment = { WEBSOCKET_ENDPOINT: stage.callbackUrl };
    this.connectionsArn = api.arnForExecuteApiV2('POST/@connections/*', STAGE);
    this.acknowledge(stage);
  }

  /** Sending on connections that there are: no looking at them, and no closing. */
  grantPush(grantee: IGrantable): Grant {
    const actions = ['execute-api:ManageConnections'];
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.connectionsArn] });
  }

  private acknowledge(stage: WebSocketStage): void {
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason:
        'AI Flow authenticates with X-API-TOKEN, which the function checks at $connect: frames come over what it let in.',
    });
    Validations.of(stage).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG1',
      reason:
        'API Gateway refuses access logs of a WebSocket API in an account that has not given it a role for all APIs: that is not ours to set. The function logs every event.',
    });
  }
}

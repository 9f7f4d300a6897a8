import { Stack, Validations } from 'aws-cdk-lib';
import { WebSocketApi as Api, type CfnApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FlowFunction } from './flow-function.ts';
import { throttleAt } from './webhook-api.ts';

const STAGE = 'live';
const CONNECTIONS = 'POST/@connections/*';

export interface WebSocketApiProps {
  readonly name: string;
  readonly handler: IFunction;
  readonly eventsPerSecond: number;
}

/** The WebSocket API: AI Flow's other transport, one connection for each call. */
export class WebSocketApi extends Construct {
  /** The address for the AI Flow dashboard, `wss://…`. */
  readonly url: string;
  /** For the function that pushes. */
  readonly environment: Record<string, string>;
  readonly stage: WebSocketStage;
  private readonly api: Api;
  private readonly connectionsArn: string;

  constructor(scope: Construct, id: string, props: WebSocketApiProps) {
    super(scope, id);
    const integration = (name: string) => ({
      integration: new WebSocketLambdaIntegration(name, props.handler),
    });
    this.api = new Api(this, 'Api', {
      apiName: props.name,
      connectRouteOptions: integration('OnConnect'),
      disconnectRouteOptions: integration('OnDisconnect'),
      // What the function returns for an event goes back as a frame.
      defaultRouteOptions: { ...integration('OnFrame'), returnResponse: true },
    });
    this.stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: STAGE,
      autoDeploy: true,
      throttle: throttleAt(props.eventsPerSecond),
    });
    this.url = this.stage.url;
    this.environment = { WEBSOCKET_ENDPOINT: this.stage.callbackUrl };
    this.connectionsArn = this.api.arnForExecuteApiV2(CONNECTIONS, STAGE);
    this.acknowledge(this.stage);
  }

  /** Sending on whatever connections there are: no looking at them, and no closing. */
  grantPush(grantee: FlowFunction): Grant {
    Validations.of(grantee).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${this.connectionsFinding}]`,
      reason:
        'Connections come and go with the calls; those of this API alone, and sending on them alone, is allowed.',
    });
    const actions = ['execute-api:ManageConnections'];
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.connectionsArn] });
  }

  /** The ARN as cdk-nag prints it. */
  private get connectionsFinding(): string {
    const id = Stack.of(this).getLogicalId(this.api.node.defaultChild as CfnApi);
    return `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${id}>/${STAGE}/${CONNECTIONS}`;
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

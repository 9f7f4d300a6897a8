import { type HttpApi, HttpMethod, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

const PATH = '/interruptions';

export interface InterruptionRouteProps {
  readonly handler: IFunction;
  readonly httpApi: HttpApi;
  /** Of the API, without a slash at its end. */
  readonly apiUrl: string;
}

/**
 * `POST /interruptions`, for whoever wants the outcome as the answer: signed with SigV4, refused by
 * API Gateway if not.
 */
export class InterruptionRoute extends Construct {
  readonly url: string;
  /** What `execute-api:Invoke` has to be allowed on. */
  readonly routeArn: string;

  constructor(scope: Construct, id: string, { handler, httpApi, apiUrl }: InterruptionRouteProps) {
    super(scope, id);
    new HttpRoute(this, 'Route', {
      httpApi,
      routeKey: HttpRouteKey.with(PATH, HttpMethod.POST),
      integration: new HttpLambdaIntegration('Interrupt', handler),
      authorizer: new HttpIamAuthorizer(),
    });
    this.url = `${apiUrl}${PATH}`;
    this.routeArn = httpApi.arnForExecuteApi(HttpMethod.POST, PATH, '$default');
  }
}

import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { functionNamed, only, synthesize } from './synthesize.ts';

const template = synthesize();
const { id: api } = only(template, 'AWS::ApiGatewayV2::Api', { ProtocolType: 'WEBSOCKET' });
const ofApi = (type: string) =>
  Object.entries(template.findResources(type, { Properties: { ApiId: { Ref: api } } }));

describe('the WebSocket API', () => {
  it('has three routes, all to the websocket function', () => {
    const routes = ofApi('AWS::ApiGatewayV2::Route').map(
      ([, { Properties }]) => Properties.RouteKey,
    );
    expect(routes.sort()).toEqual(['$connect', '$default', '$disconnect']);
    const integrations = ofApi('AWS::ApiGatewayV2::Integration').map(
      ([, { Properties }]) => Properties,
    );
    const { id } = functionNamed(template, 'websocket');
    expect(integrations).toHaveLength(3);
    for (const { IntegrationUri } of integrations)
      expect(JSON.stringify(IntegrationUri)).toContain(id);
  });

  it('sends what the function returns for an event back as a frame, and only that', () => {
    const answered = ofApi('AWS::ApiGatewayV2::RouteResponse').map(
      ([, { Properties }]) => Properties.RouteId.Ref,
    );
    const [route] = ofApi('AWS::ApiGatewayV2::Route').filter(
      ([, { Properties }]) => Properties.RouteKey === '$default',
    );
    expect(answered).toEqual([route?.[0]]);
    expect(route?.[1].Properties.RouteResponseSelectionExpression).toBe('$default');
  });

  it('is throttled, deploys by itself and needs no role of the account for its logs', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      ApiId: { Ref: api },
      StageName: 'live',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
      AccessLogSettings: Match.absent(),
    });
    template.resourceCountIs('AWS::ApiGateway::Account', 0);
  });

  it('is known to the function that pushes, by https, and to the AI Flow dashboard, by wss', () => {
    const address = (scheme: string) => ({
      'Fn::Join': [
        '',
        [
          `${scheme}://`,
          { Ref: api },
          '.execute-api.',
          { Ref: 'AWS::Region' },
          '.',
          { Ref: 'AWS::URLSuffix' },
          '/live',
        ],
      ],
    });
    const { Environment } = functionNamed(template, 'interrupt').properties;
    expect(Environment).toMatchObject({ Variables: { WEBSOCKET_ENDPOINT: address('https') } });
    expect(template.findOutputs('WebSocketUrl').WebSocketUrl?.Value).toEqual(address('wss'));
  });

  it('answers with the same template, token and table as the webhook', () => {
    const environment = (name: 'webhook' | 'websocket') =>
      functionNamed(template, name).properties.Environment;
    expect(environment('websocket')).toEqual(environment('webhook'));
  });
});

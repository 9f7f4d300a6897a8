import { randomUUID } from 'node:crypto';

/**
 * What AWS sends, as it documents it. Each is a new one, at `now`.
 * Sources: https://docs.aws.amazon.com/eventbridge/latest/ref/welcome.html, and as said.
 */
type Envelope = (now: Date) => object;

const ACCOUNT = '123456789012';
const REGION = 'eu-central-1';
const seconds = (now: Date) => now.toISOString().replace(/\.\d+/, '');

export const event =
  (source: string, type: string, detail: object, over: object = {}): Envelope =>
  (now) => ({
    version: '0',
    id: randomUUID(),
    'detail-type': type,
    source,
    account: ACCOUNT,
    time: seconds(now),
    region: REGION,
    resources: [],
    detail,
    ...over,
  });

/** An interruption that somebody has put on the assistant's own bus. */
export const onBus = (type: string, interruption: object) => event('examples', type, interruption);

/**
 * Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export const alarmEvent =
  (description: string): Envelope =>
  (now) => {
    const alarm = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:ShopDown`;
    const reason = 'Threshold Crossed: 1 datapoint [9.0] was greater than the threshold (5.0).';
    const detail = {
      alarmName: 'ShopDown',
      configuration: {
        description,
        metrics: [
          {
            id: '30b6c6b2-a864-43a2-4877-c09a1afc3b87',
            metricStat: {
              metric: { dimensions: {}, name: 'Failures', namespace: 'Shop' },
              period: 60,
              stat: 'Sum',
            },
            returnData: true,
          },
        ],
      },
      previousState: { reason: 'OK', timestamp: '2026-11-23T09:00:00.000+0000', value: 'OK' },
      state: {
        reason,
        reasonData: '{"version":"1.0","recentDatapoints":[9.0],"threshold":5.0}',
        timestamp: now.toISOString().replace('Z', '+0000'),
        value: 'ALARM',
      },
    };
    return event('aws.cloudwatch', 'CloudWatch Alarm State Change', detail, {
      resources: [alarm],
    })(now);
  };

/**
 * What an alarm publishes on a topic. Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export const alarmMessage =
  (AlarmDescription: string): Envelope =>
  (now) => ({
    AlarmName: 'ShopDown',
    AlarmDescription,
    AWSAccountId: ACCOUNT,
    AlarmConfigurationUpdatedTimestamp: '2026-11-01T09:00:00.000+0000',
    NewStateValue: 'ALARM',
    NewStateReason: 'Threshold Crossed: 1 datapoint [9.0] was greater than the threshold (5.0).',
    StateChangeTime: now.toISOString().replace('Z', '+0000'),
    Region: 'EU (Frankfurt)',
    AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:ShopDown`,
    OldStateValue: 'OK',
    OKActions: [],
    AlarmActions: [`arn:aws:sns:${REGION}:${ACCOUNT}:Alarms`],
    InsufficientDataActions: [],
    Trigger: {
      MetricName: 'Failures',
      Namespace: 'Shop',
      StatisticType: 'Statistic',
      Statistic: 'SUM',
      Unit: null,
      Dimensions: [],
      Period: 60,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 5,
      TreatMissingData: 'missing',
      EvaluateLowSampleCountPercentile: '',
    },
  });

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export const s3Event = (key: string): Envelope =>
  event(
    'aws.s3',
    'Object Created',
    {
      version: '0',
      bucket: { name: 'receipts' },
      object: {
        key,
        size: 5,
        etag: 'b1946ac92492d2347c6235b4d2611184',
        'version-id': 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
        sequencer: '00617F08299329D189',
      },
      'request-id': 'N4N7GDK58NMKJ12R',
      requester: ACCOUNT,
      'source-ip-address': '192.0.2.1',
      reason: 'PutObject',
    },
    { resources: ['arn:aws:s3:::receipts'] },
  );

/**
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export const s3Message =
  (key: string): Envelope =>
  (now) => ({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: REGION,
        eventTime: now.toISOString(),
        eventName: 'ObjectCreated:Put',
        userIdentity: { principalId: 'AWS:AIDAIENQZJOLO23YVJ4VO' },
        requestParameters: { sourceIPAddress: '192.0.2.1' },
        responseElements: { 'x-amz-request-id': 'C3D13FE58DE4C810', 'x-amz-id-2': 'FMyUVURIY8' },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'NoticePublished',
          bucket: {
            name: 'notices',
            ownerIdentity: { principalId: 'A3NL1KOZZKExample' },
            arn: 'arn:aws:s3:::notices',
          },
          object: {
            key: encodeURIComponent(key).replace(/%20/g, '+'),
            size: 1024,
            eTag: 'd41d8cd98f00b204e9800998ecf8427e',
            sequencer: '0055AED6DCD90281E5',
          },
        },
      },
    ],
  });

/**
 * What S3 sends when a notification is configured. Source:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-enable-disable-notification-intro.html
 */
export const s3Test: Envelope = (now) => ({
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: now.toISOString(),
  Bucket: 'notices',
  RequestId: '5582815E1AEA5ADF',
  HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR',
});

/**
 * Source: https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
 */
export const healthEvent: Envelope = (now) =>
  event('aws.health', 'AWS Health Event', {
    eventArn: `arn:aws:health:${REGION}::event/LAMBDA/AWS_LAMBDA_OPERATIONAL_ISSUE/AWS_LAMBDA_OPERATIONAL_ISSUE_7f35c8ae`,
    service: 'LAMBDA',
    eventTypeCode: 'AWS_LAMBDA_OPERATIONAL_ISSUE',
    eventTypeCategory: 'issue',
    eventScopeCode: 'PUBLIC',
    communicationId: '01b0993207d81a09dcd552ebd1e633e36cf1f09a-1',
    startTime: now.toUTCString(),
    lastUpdatedTime: now.toUTCString(),
    statusCode: 'open',
    eventRegion: REGION,
    eventDescription: [{ language: 'en_US', latestDescription: 'Increased invoke errors' }],
    affectedAccount: ACCOUNT,
    page: '1',
    totalPages: '1',
  })(now);

/**
 * Source:
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
 */
export const pipelineEvent: Envelope = (now) =>
  event(
    'aws.codepipeline',
    'CodePipeline Pipeline Execution State Change',
    {
      pipeline: 'shop',
      'execution-id': '01234567-0123-0123-0123-012345678901',
      'start-time': seconds(now),
      'execution-trigger': { 'trigger-type': 'StartPipelineExecution', 'trigger-detail': 'arn' },
      state: 'SUCCEEDED',
      version: 3.0,
      'pipeline-execution-attempt': 1.0,
    },
    { resources: [`arn:aws:codepipeline:${REGION}:${ACCOUNT}:shop`] },
  )(now);

/** A record of SQS. Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export const queued =
  (body: object) =>
  (now: Date): object => ({
    messageId: randomUUID(),
    receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
    body: JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(now.getTime()),
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      ApproximateFirstReceiveTimestamp: String(now.getTime()),
    },
    messageAttributes: {},
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:queue`,
    awsRegion: REGION,
  });

/**
 * What a topic puts into the queue behind it. Source:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export const topicMessage =
  (message: Envelope): Envelope =>
  (now) =>
    queued({
      Type: 'Notification',
      MessageId: randomUUID(),
      TopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:topic`,
      Message: JSON.stringify(message(now)),
      Timestamp: now.toISOString(),
      SignatureVersion: '1',
      Signature: 'EXAMPLE',
      SigningCertURL: 'https://sns.example/cert.pem',
      UnsubscribeURL: 'https://sns.example/unsubscribe',
    })(now);

/**
 * The Context object of a state. Source:
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
 */
export const stateContext =
  (input: object): Envelope =>
  (now) => ({
    Execution: {
      Id: `arn:aws:states:${REGION}:${ACCOUNT}:execution:Orders:${randomUUID()}`,
      Input: input,
      Name: 'execution',
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/Orders`,
      StartTime: now.toISOString(),
      RedriveCount: 0,
    },
    State: { EnteredTime: now.toISOString(), Name: 'TellCaller', RetryCount: 0 },
    StateMachine: { Id: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:Orders`, Name: 'Orders' },
  });

/**
 * Source:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const overHttp =
  (body: object): Envelope =>
  (now) => ({
    version: '2.0',
    routeKey: 'POST /interruptions',
    rawPath: '/interruptions',
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: {
      accountId: ACCOUNT,
      apiId: 'api',
      http: {
        method: 'POST',
        path: '/interruptions',
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.1',
        userAgent: 'curl',
      },
      requestId: randomUUID(),
      routeKey: 'POST /interruptions',
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    body: JSON.stringify(body),
    isBase64Encoded: false,
  });

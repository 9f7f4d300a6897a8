/** Real envelope shapes around one interruption, as each AWS service sends them. */
const AT = '2026-11-23T12:00:00.000Z';

export const eventBridge = (detail: unknown, over: object = {}) => ({
  version: '0',
  id: 'eb-17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': 'Order Shipped',
  source: 'shop.orders',
  account: '123456789012',
  time: AT.replace('.000', ''),
  region: 'eu-central-1',
  resources: [],
  detail,
  ...over,
});

const attribute = (Value: string) => ({ Type: 'String', Value });

export const sns = (message: unknown, attributes: Record<string, string> = {}) => ({
  Records: [
    {
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: 'arn:aws:sns:eu-central-1:123456789012:interruptions:21be56ed',
      Sns: {
        Type: 'Notification',
        MessageId: 'sns-95df01b4-ee98-5cb9-9903-4c221d41eb5e',
        TopicArn: 'arn:aws:sns:eu-central-1:123456789012:interruptions',
        Subject: null,
        Message: asText(message),
        Timestamp: AT,
        SignatureVersion: '1',
        Signature: 'EXAMPLE',
        SigningCertUrl: 'https://sns.example/cert.pem',
        UnsubscribeUrl: 'https://sns.example/unsubscribe',
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [name, attribute(value)]),
        ),
      },
    },
  ],
});

export const sqsRecord = (body: unknown, over: object = {}) => ({
  messageId: 'sqs-059f36b4-87a3-44ab-83d2-661975830a7d',
  receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...',
  body: asText(body),
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: String(Date.parse(AT)),
    SenderId: 'AIDAIENQZJOLO23YVJ4VO',
    ApproximateFirstReceiveTimestamp: String(Date.parse(AT) + 1),
  },
  messageAttributes: {},
  md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:interruptions',
  awsRegion: 'eu-central-1',
  ...over,
});

export const sqs = (...records: object[]) => ({ Records: records });

/** SQS subscribed to SNS without raw delivery: the notification is the body. */
export const sqsOfSns = (message: unknown, attributes: Record<string, string> = {}) => {
  const { Sns } = sns(message, attributes).Records[0] as { Sns: object };
  return sqs(sqsRecord(Sns));
};

/**
 * SQS subscribed to SNS with raw delivery: the message is the body, its attributes are SQS
 * attributes.
 */
export const sqsOfRawSns = (message: unknown, attributes: Record<string, string> = {}) =>
  sqs(
    sqsRecord(message, {
      messageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, stringValue]) => [
          name,
          { stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' },
        ]),
      ),
    }),
  );

export const http = (body: unknown, over: object = {}) => ({
  version: '2.0',
  routeKey: 'POST /interruptions',
  rawPath: '/interruptions',
  rawQueryString: '',
  headers: { 'content-type': 'application/json' },
  requestContext: {
    accountId: '123456789012',
    apiId: 'api',
    http: {
      method: 'POST',
      path: '/interruptions',
      protocol: 'HTTP/1.1',
      sourceIp: '192.0.2.1',
      userAgent: 'curl',
    },
    requestId: 'http-JKJaXmPLvHcESHA=',
    routeKey: 'POST /interruptions',
    stage: '$default',
    time: '23/Nov/2026:12:00:00 +0000',
    timeEpoch: Date.parse(AT),
  },
  body: asText(body),
  isBase64Encoded: false,
  ...over,
});

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

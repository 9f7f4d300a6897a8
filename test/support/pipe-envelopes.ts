/**
 * Records as EventBridge Pipes read them. Source:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-source.html
 */
import { sqsRecord } from './envelopes.ts';

/** As SQS has it; Pipes put the JSON of a body in the place of its text. */
export const queued = (body: unknown, over: object = {}) => ({ ...sqsRecord(''), body, ...over });

export const kinesis = (data: unknown, over: object = {}) => ({
  kinesisSchemaVersion: '1.0',
  partitionKey: '1',
  sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
  data,
  approximateArrivalTimestamp: 1795435200.987,
  eventSource: 'aws:kinesis',
  eventVersion: '1.0',
  eventID: 'shardId-000000000006:49590338271490256608559692538361571095921575989136588898',
  eventName: 'aws:kinesis:record',
  invokeIdentityArn: 'arn:aws:iam::123456789012:role/lambda-role',
  awsRegion: 'us-east-2',
  eventSourceARN: 'arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream',
  ...over,
});

export const dynamoDb = (NewImage: object, over: object = {}) => ({
  eventID: 'c4ca4238a0b923820dcc509a6f75849b',
  eventVersion: '1.1',
  dynamodb: {
    ApproximateCreationDateTime: 1795435200,
    Keys: { Id: { N: '101' } },
    NewImage,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
    SequenceNumber: '111',
    SizeBytes: 26,
  },
  awsRegion: 'us-west-2',
  eventName: 'INSERT',
  eventSourceARN: 'arn:aws:dynamodb:us-east-1:111122223333:table/EventSourceTable/stream/2026',
  eventSource: 'aws:dynamodb',
  ...over,
});

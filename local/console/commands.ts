/** An interruption as it is sent: `docs/interruptions.md`. */
export type InterruptionRequest = Record<string, unknown>;

/** What a command for AWS needs to know of a stack: its outputs. */
const OUTPUTS = {
  bus: '$InterruptionBusName',
  topic: '$InterruptionTopicArn',
  queue: '$InterruptionQueueUrl',
  lambda: '$InterruptFunctionName',
  url: '$InterruptionsUrl',
};

export interface Command {
  /** Where it is sent. */
  name: string;
  text: string;
}

/** The same interruption as commands to copy; `origin` is that of this runtime. */
export function commandsFor(request: InterruptionRequest, origin: string): Command[] {
  const json = JSON.stringify(request);
  const entry = JSON.stringify([
    { EventBusName: 'BUS', Source: 'shop', DetailType: 'Order Shipped', Detail: json },
  ]);
  return [
    {
      name: 'curl, here',
      text: `curl -s ${origin}/interruptions -H 'content-type: application/json' -d ${quoted(json)}`,
    },
    {
      name: 'EventBridge',
      text: `aws events put-events --entries ${quoted(entry).replace('BUS', `'"${OUTPUTS.bus}"'`)}`,
    },
    {
      name: 'SNS',
      text: `aws sns publish --topic-arn "${OUTPUTS.topic}" --message ${quoted(json)}`,
    },
    {
      name: 'SQS',
      text: `aws sqs send-message --queue-url "${OUTPUTS.queue}" --message-body ${quoted(json)}`,
    },
    {
      name: 'Lambda',
      text: `aws lambda invoke --function-name "${OUTPUTS.lambda}" --cli-binary-format raw-in-base64-out --payload ${quoted(json)} /dev/stdout`,
    },
    {
      name: 'Lambda, here',
      text: `AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws lambda invoke --endpoint-url ${origin} --region eu-central-1 --function-name interrupt --cli-binary-format raw-in-base64-out --payload ${quoted(json)} /dev/stdout`,
    },
    {
      name: 'HTTP, signed',
      text: `curl -s "${OUTPUTS.url}" --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN" -H 'content-type: application/json' -d ${quoted(json)}`,
    },
    { name: 'boto3', text: boto3(request) },
  ];
}

/** For a POSIX shell. */
export const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

const boto3 = (request: InterruptionRequest) => `import boto3, json

boto3.client("events").put_events(Entries=[{
    "EventBusName": "…",  # the output InterruptionBusName
    "Source": "shop",
    "DetailType": "Order Shipped",
    "Detail": json.dumps(${python(request, 1)}),
}])`;

/** A JSON value as Python writes it. */
export function python(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Array.isArray(value)
    ? value.map((one) => python(one, depth + 1))
    : Object.entries(value).map(
        ([key, one]) => `${JSON.stringify(key)}: ${python(one, depth + 1)}`,
      );
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  if (entries.length === 0) return `${open}${close}`;
  const indent = '    '.repeat(depth + 1);
  return `${open}\n${entries.map((entry) => `${indent}${entry},\n`).join('')}${'    '.repeat(depth)}${close}`;
}

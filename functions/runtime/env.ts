/** Reads what a function is configured with. Throws an error that names the variable. */
function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`environment variable ${name} is not set: the stack and \`npm start\` set it`);
}

const optional = (name: string): string | undefined => process.env[name] || undefined;

/** The environment of `webhook`, and of `websocket`. */
export const webhookEnv = () => ({
  sessionsTable: required('SESSIONS_TABLE'),
  outcomesBus: required('OUTCOMES_BUS'),
  template: optional('TEMPLATE') ?? 'conversation',
  /** Where AI Flow's token lies; without it `WEBHOOK_TOKEN` is the token itself. */
  tokenSecretArn: optional('WEBHOOK_TOKEN_SECRET_ARN'),
  token: optional('WEBHOOK_TOKEN') ?? '',
});

/** The environment of `interrupt`. */
export const interruptEnv = () => ({
  sessionsTable: required('SESSIONS_TABLE'),
  outcomesBus: required('OUTCOMES_BUS'),
  websocket: {
    /** URL of the WebSocket API's stage; without it nothing is pushed over a WebSocket. */
    endpoint: optional('WEBSOCKET_ENDPOINT'),
    /** Lambda sets it. */
    region: required('AWS_REGION'),
  },
  externalApi: {
    /** With `{session_id}`; without it interruptions wait for the next event. */
    url: optional('EXTERNAL_API_URL'),
    method: optional('EXTERNAL_API_METHOD') ?? 'POST',
    authHeader: optional('EXTERNAL_API_AUTH_HEADER') ?? 'Authorization',
    authScheme: process.env.EXTERNAL_API_AUTH_SCHEME ?? 'Bearer',
    acceptedStatuses: optional('EXTERNAL_API_ACCEPTED_STATUSES') ?? '200-299',
    tokenSecretArn: optional('EXTERNAL_API_TOKEN_SECRET_ARN'),
    token: optional('EXTERNAL_API_TOKEN') ?? '',
  },
});

/** The environment of `call`. */
export const callEnv = () => ({
  sessionsTable: required('SESSIONS_TABLE'),
  baseUrl: optional('AI_FLOW_API_URL') ?? 'https://api.sipgate.com',
  aiFlowId: required('AI_FLOW_ID'),
  billingDevice: required('BILLING_DEVICE'),
  /** Where the token for AI Flow's REST API lies; without it `AI_FLOW_API_TOKEN` is the token itself. */
  tokenSecretArn: optional('AI_FLOW_API_TOKEN_SECRET_ARN'),
  token: optional('AI_FLOW_API_TOKEN') ?? '',
});

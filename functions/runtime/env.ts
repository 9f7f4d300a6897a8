/** Reads what a function is configured with. Throws an error that names the variable. */
function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`environment variable ${name} is not set: the stack and \`npm start\` set it`);
}

const optional = (name: string): string | undefined => process.env[name] || undefined;

/** The environment of `webhook`. */
export const webhookEnv = () => ({
  sessionsTable: required('SESSIONS_TABLE'),
  template: optional('TEMPLATE') ?? 'conversation',
  /** Where AI Flow's token lies; without it `WEBHOOK_TOKEN` is the token itself. */
  tokenSecretArn: optional('WEBHOOK_TOKEN_SECRET_ARN'),
  token: optional('WEBHOOK_TOKEN') ?? '',
});

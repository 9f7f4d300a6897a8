import { systemClock } from './clock.ts';
import { createRequestHandler } from './request-handler.ts';

/**
 * Settings of every AWS client: the SDK's own (no time-out, three attempts) outlive the 800 ms in which a caller must
 * be answered.
 */
export const clientSettings = {
  maxAttempts: 2,
  requestHandler: createRequestHandler(
    { connectionTimeout: 200, requestTimeout: 300 },
    systemClock,
  ),
};

/** For what no caller waits for: a broadcast keeps many connections busy at once. */
export const patientTimes = { connectionTimeout: 500, requestTimeout: 1_000 };

/** What API Gateway takes as one WebSocket message, either way. It splits messages into frames itself. */
export const MAX_MESSAGE_BYTES = 128 * 1024;

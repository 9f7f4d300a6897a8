/**
 * How long one attempt at a service of AWS may take, ms: to connect, and in all, to the last byte
 * of the answer.
 */
export interface Patience {
  readonly connect_ms: number;
  readonly total_ms: number;
}

/** While a caller waits, who must be answered within 800 ms. */
export const IMPATIENT: Patience = { connect_ms: 200, total_ms: 300 };

/**
 * For what no caller waits for: a broadcast keeps many connections busy at once. Tried twice it is
 * within two seconds.
 */
export const PATIENT: Patience = { connect_ms: 500, total_ms: 800 };

/**
 * What API Gateway takes as one WebSocket message, either way. It splits messages into frames
 * itself.
 */
export const MAX_MESSAGE_BYTES = 128 * 1024;

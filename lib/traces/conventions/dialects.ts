import { aiSdk } from "./ai-sdk.ts";
import { braintrust } from "./braintrust.ts";
import type { Dialect } from "./dialect.ts";
import { general } from "./general.ts";
import { langfuse } from "./langfuse.ts";
import { langsmith } from "./langsmith.ts";
import { logfire } from "./logfire.ts";
import { mlflow } from "./mlflow.ts";
import { openinference } from "./openinference.ts";
import { otel } from "./otel.ts";
import { stemma } from "./stemma.ts";
import { traceloop } from "./traceloop.ts";

/**
 * Raise it when a table changes what is read from spans already stored: `npm run remap` then derives their columns
 * again from what was sent.
 */
export const mappingVersion = 3;

/** In order of precedence (telemetry.md 1h, left to right). */
export const dialects: readonly Dialect[] = [
  stemma,
  otel,
  openinference,
  traceloop,
  aiSdk,
  langfuse,
  langsmith,
  braintrust,
  mlflow,
  logfire,
  general,
];

/** Which of the dialects a span is said to be in, where it speaks several: the most particular. */
export const namingOrder: readonly Dialect[] = [
  aiSdk,
  langfuse,
  langsmith,
  braintrust,
  mlflow,
  logfire,
  traceloop,
  openinference,
  otel,
  general,
];

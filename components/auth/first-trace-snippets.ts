import type { Snippet } from "../ui/code-block.tsx";

/**
 * Ways to send the first trace to this server: one command that sends a made-up model call by OTLP/JSON, and the two
 * variables that point any OpenTelemetry exporter here. `origin` has no trailing slash.
 */
export function firstTraceSnippets(origin: string, secretKey: string): Snippet[] {
  return [
    { label: "curl", code: curl(origin, secretKey) },
    { label: "OpenTelemetry", code: openTelemetry(origin, secretKey) },
  ];
}

const curl = (origin: string, secretKey: string) => `curl -sS ${origin}/v1/traces \\
  -H 'Authorization: Bearer ${secretKey}' \\
  -H 'Content-Type: application/json' -d @- <<END
{ "resourceSpans": [{
    "resource": { "attributes": [{ "key": "service.name", "value": { "stringValue": "first-steps" } }] },
    "scopeSpans": [{ "spans": [{
      "traceId": "$(openssl rand -hex 16)", "spanId": "$(openssl rand -hex 8)",
      "name": "chat", "kind": 3,
      "startTimeUnixNano": "$(date +%s)000000000", "endTimeUnixNano": "$(date +%s)412000000",
      "attributes": [
        { "key": "gen_ai.operation.name", "value": { "stringValue": "chat" } },
        { "key": "gen_ai.provider.name", "value": { "stringValue": "openai" } },
        { "key": "gen_ai.request.model", "value": { "stringValue": "gpt-4.1-mini" } },
        { "key": "gen_ai.usage.input_tokens", "value": { "intValue": "12" } },
        { "key": "gen_ai.usage.output_tokens", "value": { "intValue": "5" } },
        { "key": "gen_ai.input.messages", "value": { "stringValue":
          "[{\\"role\\":\\"user\\",\\"parts\\":[{\\"type\\":\\"text\\",\\"content\\":\\"What is the capital of Kenya?\\"}]}]" } },
        { "key": "gen_ai.output.messages", "value": { "stringValue":
          "[{\\"role\\":\\"assistant\\",\\"parts\\":[{\\"type\\":\\"text\\",\\"content\\":\\"Nairobi.\\"}]}]" } }
      ] }] }] }] }
END
`;

const openTelemetry = (origin: string, secretKey: string) => `# Any OpenTelemetry SDK or collector, over HTTP:
export OTEL_EXPORTER_OTLP_ENDPOINT=${origin}
export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20${secretKey}"
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
`;

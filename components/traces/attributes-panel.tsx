"use client";

import { useDeferredValue, useMemo, useState } from "react";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { countOf, exactTime } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import type { JsonObject } from "#lib/core/json.ts";
import type { RawSpan } from "#lib/traces/span.ts";
import { type AttributeLine, flattenAttributes, matchingLines, valueText } from "./flatten-attributes.ts";
import { LongText } from "./long-text.tsx";

/** All that was sent of a span, as it was sent: attributes, events, links, resource, scope. */
export function AttributesPanel({ raw }: { raw: RawSpan }) {
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text);
  const groups = useMemo(() => groupsOf(raw), [raw]);
  const shown = groups.map((group) => ({ ...group, lines: matchingLines(group.lines, wanted) }));
  const count = shown.reduce((sum, group) => sum + group.lines.length, 0);

  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-center gap-2">
        <Input
          type="search"
          aria-label="Search attributes"
          placeholder="Search keys and values"
          value={text}
          onValueChange={setText}
        />
        <CopyButton text={JSON.stringify(raw, null, 2)} label="Copy as JSON" isLabelShown />
      </div>
      {count === 0 && <p className="text-muted">{text ? "Nothing matches." : "Nothing more was sent."}</p>}
      {shown.map(
        (group) =>
          group.lines.length > 0 && (
            <section key={group.title}>
              <h3 className="mb-1 text-xs text-muted">
                {group.title} · {countOf(group.lines.length, "key")}
              </h3>
              <dl className="border-t border-border">
                {group.lines.map((line) => (
                  <div
                    key={line.key}
                    className="grid grid-cols-1 gap-x-4 border-b border-border py-1 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]"
                  >
                    <dt className="font-mono text-xs leading-5 break-all text-muted">{line.key}</dt>
                    <dd className="min-w-0 text-xs leading-5">
                      <LongText text={valueText(line.value)} limit={400}>
                        {(part) => (
                          <code
                            className={`break-all whitespace-pre-wrap ${typeof line.value === "string" ? "" : "text-code-number"}`}
                          >
                            {part}
                          </code>
                        )}
                      </LongText>
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ),
      )}
    </div>
  );
}

type Group = { title: string; lines: AttributeLine[] };

function groupsOf(raw: RawSpan): Group[] {
  const scope: JsonObject = {
    name: raw.scope.name,
    ...(raw.scope.version === null ? {} : { version: raw.scope.version }),
    ...(raw.scope.attributes ?? {}),
  };
  return [
    { title: "Attributes", lines: flattenAttributes(raw.attributes) },
    ...raw.events.map((event, index) => ({
      title: `Event ${index + 1}: ${event.name} at ${timeText(event.timeUnixNano)}`,
      lines: flattenAttributes(event.attributes),
    })),
    ...raw.links.map((link, index) => ({
      title: `Link ${index + 1}`,
      lines: flattenAttributes({ traceId: link.traceId, spanId: link.spanId, ...link.attributes }),
    })),
    { title: "Resource", lines: flattenAttributes(raw.resource) },
    { title: "Instrumentation scope", lines: flattenAttributes(scope) },
    { title: "As sent", lines: flattenAttributes(spanFields(raw)) },
  ];
}

function spanFields(raw: RawSpan): JsonObject {
  const { resource, scope, attributes, events, links, ...fields } = raw;
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );
}

function timeText(nanoseconds: string): string {
  const ms = Number(nanoseconds.slice(0, -6) || "0");
  return Number.isFinite(ms) && ms > 0 && ms < 8.64e15 ? exactTime(new Date(ms)) : nanoseconds;
}

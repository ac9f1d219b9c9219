"use client";

import { useState } from "react";
import type { Json } from "#lib/core/json.ts";
import type { CellAnswer } from "#lib/playground/answer.ts";
import type { ChatMessage } from "#lib/prompts/schema.ts";
import { JsonText } from "../traces/json-text.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Textarea } from "../ui/textarea.tsx";

/** What was said between the prompt and the answer: calls of tools, and what they answered. */
export function SinceList({ since }: { since: readonly ChatMessage[] }) {
  if (since.length === 0) return null;
  return (
    <ol aria-label="Tool calls so far" className="flex flex-col gap-1.5">
      {since.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what was said never moves
        <li key={index} className="border-l-2 border-border pl-2.5">
          {message.tool_calls?.map((call) => (
            <CallText key={call.id} name={call.function.name} argumentsText={call.function.arguments} />
          ))}
          {message.role === "tool" && (
            <details>
              <summary className="cursor-default text-xs leading-5 text-muted select-none">
                Tool answer
              </summary>
              <JsonText value={parse(String(message.content))} />
            </details>
          )}
          {message.role === "assistant" && message.content !== "" && (
            <p className="break-words whitespace-pre-wrap">{String(message.content)}</p>
          )}
        </li>
      ))}
    </ol>
  );
}

type AwaitedCallsProps = {
  answer: CellAnswer;
  canRun: boolean;
  /** The conversation as it goes on: the model's calls and all results. */
  onContinue: (since: ChatMessage[]) => void;
  /** Keeps an answer for this tool's next calls. */
  onSaveFixture: (tool: string, answer: string) => void;
};

/** The calls that wait for a person: what the tool would return is typed here, and the model goes on. */
export function AwaitedCalls({ answer, canRun, onContinue, onSaveFixture }: AwaitedCallsProps) {
  const [results, setResults] = useState<Record<string, string>>(answer.answered);
  const open = answer.toolCalls.filter((call) => answer.answered[call.id] === undefined);
  const isComplete = open.every((call) => (results[call.id] ?? "") !== "");

  function goOn() {
    if (!isComplete || !canRun) return;
    onContinue([
      ...answer.since,
      { role: "assistant", content: answer.text, tool_calls: answer.toolCalls },
      ...answer.toolCalls.map((call) => ({
        role: "tool" as const,
        content: results[call.id] ?? "",
        tool_call_id: call.id,
      })),
    ]);
  }

  return (
    <form
      aria-label="Answer the tools"
      className="flex flex-col gap-3"
      data-own-enter
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) goOn();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        goOn();
      }}
    >
      {answer.toolCalls.map((call) => {
        const { name } = call.function;
        const given = answer.answered[call.id];
        return (
          <div key={call.id} className="flex flex-col gap-1.5 border-l-2 border-accent pl-2.5">
            <CallText name={name} argumentsText={call.function.arguments} />
            {given === undefined ? (
              <>
                <Field label={`Answer of ${name}`}>
                  <Textarea
                    isCode
                    rows={2}
                    placeholder="What the tool returns, as text or JSON"
                    value={results[call.id] ?? ""}
                    onChange={(event) => setResults({ ...results, [call.id]: event.target.value })}
                  />
                </Field>
                {(results[call.id] ?? "") !== "" && (
                  <div>
                    <Button size="sm" variant="quiet" onClick={() => onSaveFixture(name, results[call.id]!)}>
                      Answer {name} so every time
                    </Button>
                  </div>
                )}
              </>
            ) : (
              <JsonText value={parse(given)} />
            )}
          </div>
        );
      })}
      <div>
        <Button type="submit" variant="primary" size="sm" disabled={!isComplete || !canRun}>
          Go on with {open.length === 1 ? "this answer" : "these answers"}
        </Button>
      </div>
    </form>
  );
}

export function CallText({ name, argumentsText }: { name: string; argumentsText: string }) {
  return (
    <div className="min-w-0">
      <p className="text-xs leading-5 text-muted">
        Calls <code className="font-semibold text-text">{name}</code>
      </p>
      <JsonText value={parse(argumentsText)} />
    </div>
  );
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

"use client";

import { Plus, Trash2 } from "lucide-react";
import type { ExamplesMessage } from "#lib/prompts/schema.ts";
import { Button } from "../ui/button.tsx";
import type { MessageCardProps } from "./message-card.tsx";
import { problemsAt } from "./problems-at.ts";
import { TemplateField } from "./template-field.tsx";

type ExamplesBodyProps = MessageCardProps & { message: ExamplesMessage };

/** Examples of good answers: what a user says, and what the assistant should. */
export function ExamplesBody({
  index,
  message,
  problems,
  variables,
  isReadOnly,
  onChange,
  onDeclare,
}: ExamplesBodyProps) {
  const { examples } = message;
  const set = (next: ExamplesMessage["examples"]) => onChange({ ...message, examples: next });
  return (
    <div>
      {examples.map((example, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: examples have no identity but their place
        <fieldset key={place} className="relative border-b border-border">
          <legend className="sr-only">Example {place + 1}</legend>
          <div className="grid md:grid-cols-2 md:divide-x md:divide-border">
            {(["user", "assistant"] as const).map((side) => (
              <div key={side} className="min-w-0">
                <span className="block px-3 pt-2 text-xs font-medium text-muted" aria-hidden="true">
                  {side}
                </span>
                <TemplateField
                  label={`Example ${place + 1} of message ${index + 1}, ${side}`}
                  value={example[side]}
                  onChange={(text) => set(examples.with(place, { ...example, [side]: text }))}
                  problems={problemsAt(problems, `messages.${index}.examples.${place}.${side}`)}
                  variables={variables}
                  isReadOnly={isReadOnly}
                  hint={side === "user" ? "What is asked." : "The good answer."}
                  onDeclare={onDeclare}
                />
              </div>
            ))}
          </div>
          {!isReadOnly && (
            <Button
              variant="quiet"
              size="icon"
              className="absolute top-0.5 right-1 size-7"
              aria-label={`Remove example ${place + 1}`}
              onClick={() => set(examples.toSpliced(place, 1))}
            >
              <Trash2 aria-hidden="true" />
            </Button>
          )}
        </fieldset>
      ))}
      {!isReadOnly && (
        <Button
          size="sm"
          variant="quiet"
          className="m-1"
          onClick={() => set([...examples, { user: "", assistant: "" }])}
        >
          <Plus aria-hidden="true" />
          Add example
        </Button>
      )}
    </div>
  );
}

"use client";

import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import type { ModelVersion } from "#lib/models/schema.ts";
import type { PromptMessage } from "#lib/prompts/schema.ts";
import { Button } from "../ui/button.tsx";
import { countOf, formatCount, formatUsd } from "../ui/format.ts";
import { showToast } from "../ui/toast.tsx";
import { MessageCard } from "./message-card.tsx";
import { problemsAt } from "./problems-at.ts";
import { TemplateField } from "./template-field.tsx";
import type { PromptEditing } from "./use-prompt-editor.ts";
import { encodingOf } from "./use-token-counts.ts";
import { useTokenTotals } from "./use-token-totals.ts";

type TemplateSectionProps = {
  editor: PromptEditing;
  models: readonly ModelVersion[];
  /** US dollars per million input tokens, by model version's id. */
  inputPrices: Readonly<Record<string, number>>;
  isReadOnly: boolean;
};

/** What the model reads: the text, or the messages in their order, with what they weigh. */
export function TemplateSection({ editor, models, inputPrices, isReadOnly }: TemplateSectionProps) {
  const { content, deferred, editing, problems, known } = editor;
  const model = models.find((each) => each.id === content.modelVersionId);
  const encoding = encodingOf(model?.providerModel ?? "");
  const tokens = useTokenTotals(deferred, encoding);
  const price = model && inputPrices[model.id];
  const [moved, setMoved] = useState("");
  const list = useRef<HTMLDivElement>(null);

  const add = (message: PromptMessage) => {
    if (content.type === "chat") editing.addMessage(message, content.messages.length);
  };
  const move = (from: number, to: number) => {
    editing.moveMessage(from, to);
    if (content.type === "chat") setMoved(`Moved to place ${to + 1} of ${content.messages.length}`);
  };
  const removeWithUndo = (index: number, message: PromptMessage) => {
    editing.removeMessage(index);
    focusMessage(Math.max(0, index - 1));
    showToast("Removed the message", {
      action: { label: "Undo", onClick: () => editing.addMessage(message, index) },
    });
  };

  /** The focus goes to a neighbour, not to the page, when what had it is gone. */
  const focusMessage = (index: number) =>
    requestAnimationFrame(() =>
      list.current?.querySelectorAll<HTMLElement>("[data-message-handle]")[index]?.focus(),
    );

  return (
    <div ref={list} className="mb-8 flex flex-col gap-3">
      <span className="sr-only" role="status">
        {moved}
      </span>
      {content.type === "text" ? (
        <section aria-label="Text" className="rounded-lg border border-border bg-surface">
          <TemplateField
            label="Prompt text"
            value={content.text}
            onChange={(text) =>
              editing.change((before) => (before.type === "text" ? { ...before, text } : before))
            }
            problems={problemsAt(problems, "text")}
            variables={known}
            isReadOnly={isReadOnly}
            hint="What the model is asked. {{ for a variable, {{> to include a prompt, / for a snippet."
            onDeclare={editor.declare}
          />
        </section>
      ) : (
        content.messages.map((message, index) => (
          <MessageCard
            key={editing.keys[index]}
            index={index}
            count={content.messages.length}
            message={message}
            problems={problems}
            variables={known}
            tokens={tokens?.perMessage[index]}
            isReadOnly={isReadOnly}
            onChange={(next) => editing.changeMessage(index, next)}
            onRemove={() => removeWithUndo(index, message)}
            onMove={move}
            onDeclare={editor.declare}
            onValidity={(isValid) => editor.setValidity(`message ${editing.keys[index]}`, isValid)}
          />
        ))
      )}
      {editor.sizeFault && (
        <p role="alert" className="text-sm text-harm">
          {editor.sizeFault}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        {content.type === "chat" && !isReadOnly && (
          <>
            <Button size="sm" onClick={() => add(nextMessage(content.messages))}>
              <Plus aria-hidden="true" />
              Add message
            </Button>
            <Button size="sm" variant="quiet" onClick={() => add(emptyExamples)}>
              Add examples
            </Button>
            <Button size="sm" variant="quiet" onClick={() => add({ type: "placeholder", name: "history" })}>
              Add placeholder
            </Button>
            <Button size="sm" variant="quiet" onClick={() => add({ type: "include", reference: "" })}>
              Include a prompt
            </Button>
          </>
        )}
        <span className="flex-1" />
        <span className="text-xs text-muted tabular-nums" aria-live="polite">
          {editor.errorCount > 0 && (
            <span className="text-harm">{countOf(editor.errorCount, "error")} · </span>
          )}
          {tokens && (
            <span
              title={`The template as written, by the tokenizer ${encoding}. Values and includes come on top; models of other makers count differently.`}
            >
              ≈ {formatCount(tokens.total)} tokens in all
              {price !== undefined &&
                ` · ≈ ${formatUsd((tokens.total * price) / 1_000_000)} on ${model!.model.name} v${model!.number}`}
            </span>
          )}
        </span>
      </div>
    </div>
  );
}

const emptyExamples: PromptMessage = { type: "examples", examples: [{ user: "", assistant: "" }] };

/** After a question comes an answer, after an answer a question. */
function nextMessage(messages: readonly PromptMessage[]): PromptMessage {
  const last = messages.at(-1);
  return { role: last && !last.type && last.role === "user" ? "assistant" : "user", content: "" };
}

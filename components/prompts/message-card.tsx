"use client";

import { ArrowDown, ArrowUp, Ellipsis, GripVertical, ImagePlus, Trash2, Wrench } from "lucide-react";
import type { Json } from "#lib/core/json.ts";
import type { TemplateProblem } from "#lib/prompts/problem.ts";
import type { ChatMessage, ContentPart, PromptMessage } from "#lib/prompts/schema.ts";
import { type MessageRole, messageRoles } from "#lib/prompts/words.ts";
import { Button } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { formatCount } from "../ui/format.ts";
import { Input } from "../ui/input.tsx";
import { Menu, MenuItem, MenuSeparator } from "../ui/menu.tsx";
import { Select } from "../ui/select.tsx";
import { ExamplesBody } from "./examples-body.tsx";
import { ImagePart } from "./image-part.tsx";
import { IncludeBody } from "./include-body.tsx";
import { JsonField } from "./json-field.tsx";
import { problemsAt } from "./problems-at.ts";
import type { KnownVariable } from "./template-completion.ts";
import { TemplateField } from "./template-field.tsx";
import { useReorder } from "./use-reorder.ts";

export type MessageCardProps = {
  index: number;
  count: number;
  message: PromptMessage;
  problems: readonly TemplateProblem[];
  variables: readonly KnownVariable[];
  tokens: number | undefined;
  isReadOnly: boolean;
  onChange: (message: PromptMessage) => void;
  onRemove: () => void;
  onMove: (from: number, to: number) => void;
  onDeclare: (name: string) => void;
  onValidity: (isValid: boolean) => void;
};

/** One message: its role, its text or parts, and what can be done with it. */
export function MessageCard(props: MessageCardProps) {
  const { index, count, message, tokens, isReadOnly, onChange, onRemove, onMove } = props;
  const role = message.type ?? message.role;
  const reorder = useReorder({ index, count, onMove });
  return (
    <section
      ref={reorder.item}
      aria-label={`Message ${index + 1}, ${role}`}
      className={classNames(
        "relative rounded-lg border border-border bg-surface focus-within:border-border-strong",
        reorder.isDragged && "opacity-50",
      )}
    >
      {reorder.edge && (
        <span
          aria-hidden="true"
          className={classNames(
            "absolute inset-x-0 h-0.5 bg-accent",
            reorder.edge === "top" ? "-top-[7px]" : "-bottom-[7px]",
          )}
        />
      )}
      <header className="flex h-10 items-center gap-1 border-b border-border pr-1 pl-1">
        <button
          ref={reorder.handle}
          data-message-handle
          type="button"
          hidden={isReadOnly}
          className="grid h-8 w-5 shrink-0 cursor-grab place-items-center rounded-sm text-muted hover:text-text"
          aria-label={`Move message ${index + 1} of ${count}: drag it, or press the up and down arrows`}
          title="Drag to move, or press ↑ and ↓"
          onKeyDown={reorder.onKeyDown}
        >
          <GripVertical className="size-4" aria-hidden="true" />
        </button>
        <Select
          aria-label="Role"
          options={roleOptions}
          value={role}
          isDisabled={isReadOnly}
          onValueChange={(next) => onChange(withRole(message, next))}
          className="max-w-36 border-transparent bg-transparent font-medium"
        />
        <span className="flex-1" />
        {tokens !== undefined && (
          <span
            className="px-1 text-xs whitespace-nowrap text-muted tabular-nums"
            title="Tokens of the template as written, by the tokenizer of GPT-4o and later (o200k_base). Other models differ."
          >
            ≈ {formatCount(tokens)} {tokens === 1 ? "token" : "tokens"}
          </span>
        )}
        {!isReadOnly && (
          <Menu
            align="end"
            trigger={
              <Button variant="quiet" size="icon" aria-label="More for this message">
                <Ellipsis aria-hidden="true" />
              </Button>
            }
          >
            {!message.type && (
              <MenuItem icon={<ImagePlus aria-hidden="true" />} onSelect={() => onChange(withImage(message))}>
                Add image
              </MenuItem>
            )}
            {!message.type && message.role === "assistant" && !message.tool_calls && (
              <MenuItem
                icon={<Wrench aria-hidden="true" />}
                onSelect={() => onChange({ ...message, tool_calls: [exampleCall] })}
              >
                Add tool call
              </MenuItem>
            )}
            <MenuItem
              icon={<ArrowUp aria-hidden="true" />}
              isDisabled={index === 0}
              onSelect={() => onMove(index, index - 1)}
            >
              Move up
            </MenuItem>
            <MenuItem
              icon={<ArrowDown aria-hidden="true" />}
              isDisabled={index === count - 1}
              onSelect={() => onMove(index, index + 1)}
            >
              Move down
            </MenuItem>
            <MenuSeparator />
            <MenuItem
              icon={<Trash2 aria-hidden="true" />}
              isDanger
              isDisabled={count === 1}
              onSelect={onRemove}
            >
              Remove message
            </MenuItem>
          </Menu>
        )}
      </header>
      <MessageBody {...props} />
    </section>
  );
}

function MessageBody(props: MessageCardProps) {
  const { message, isReadOnly, onChange } = props;
  if (message.type === "examples") return <ExamplesBody {...props} message={message} />;
  if (message.type === "include") return <IncludeBody {...props} message={message} />;
  if (message.type !== "placeholder") return <ChatBody {...props} message={message} />;
  return (
    <div className="flex flex-wrap items-center gap-2 px-3 py-2.5 text-muted">
      <span>Filled with the list of messages given as</span>
      <Input
        isCode
        aria-label="Placeholder name"
        className="max-w-44"
        value={message.name}
        readOnly={isReadOnly}
        onValueChange={(name) => onChange({ ...message, name })}
      />
    </div>
  );
}

function ChatBody(props: MessageCardProps & { message: ChatMessage }) {
  const { index, message, isReadOnly, onChange, onValidity } = props;
  const path = `messages.${index}.content`;
  return (
    <>
      {typeof message.content === "string" ? (
        <TextPart
          {...props}
          path={path}
          value={message.content}
          onText={(content) => onChange({ ...message, content })}
        />
      ) : (
        message.content.map((part, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
          <div key={place} className="border-b border-border last:border-b-0">
            <Part
              {...props}
              path={`${path}.${place}`}
              part={part}
              onPart={(next) => onChange(withPart(message, place, next))}
            />
          </div>
        ))
      )}
      {message.role === "tool" && (
        <div className="flex items-center gap-2 border-t border-border px-3 py-2 text-muted">
          Answers the call
          <Input
            isCode
            aria-label="Id of the call it answers"
            className="max-w-44"
            value={message.tool_call_id ?? ""}
            readOnly={isReadOnly}
            onValueChange={(id) => onChange({ ...message, tool_call_id: id || undefined })}
          />
        </div>
      )}
      {message.tool_calls && (
        <div className="border-t border-border p-3">
          <JsonField
            label="Tool calls"
            value={message.tool_calls as unknown as Json}
            check={(value) => (Array.isArray(value) ? null : "Tool calls are a list.")}
            isReadOnly={isReadOnly}
            onValidity={onValidity}
            onChange={(calls) =>
              onChange({ ...message, tool_calls: calls as unknown as ChatMessage["tool_calls"] })
            }
          />
          {!isReadOnly && (
            <Button
              size="sm"
              variant="quiet"
              className="mt-2"
              onClick={() => {
                onValidity(true);
                onChange({ ...message, tool_calls: undefined });
              }}
            >
              Remove tool calls
            </Button>
          )}
        </div>
      )}
    </>
  );
}

type PartProps = MessageCardProps & {
  path: string;
  part: ContentPart;
  onPart: (part: ContentPart | null) => void;
};

function Part(props: PartProps) {
  const { part, path, isReadOnly, onPart } = props;
  if (part.type === "text") {
    const onText = (text: string) => onPart({ ...part, text });
    return <TextPart {...props} path={`${path}.text`} value={part.text} onText={onText} />;
  }
  return <ImagePart part={part} isReadOnly={isReadOnly} onPart={onPart} />;
}

type TextPartProps = MessageCardProps & { path: string; value: string; onText: (text: string) => void };

function TextPart({
  path,
  value,
  onText,
  problems,
  variables,
  isReadOnly,
  onDeclare,
  index,
  message,
}: TextPartProps) {
  const role = message.type ?? message.role;
  return (
    <TemplateField
      label={`Text of message ${index + 1}, ${role}`}
      value={value}
      onChange={onText}
      problems={problemsAt(problems, path)}
      variables={variables}
      isReadOnly={isReadOnly}
      hint={hints[role]}
      onDeclare={onDeclare}
    />
  );
}

function withRole(message: PromptMessage, role: Kind): PromptMessage {
  if (role === "placeholder") return { type: "placeholder", name: "history" };
  if (role === "include") return { type: "include", reference: "" };
  if (role === "examples") return { type: "examples", examples: [{ user: "", assistant: "" }] };
  if (message.type) return { role, content: "" };
  const { tool_calls, tool_call_id, ...rest } = message;
  return {
    ...rest,
    role,
    ...(role === "assistant" && tool_calls && { tool_calls }),
    ...(role === "tool" && { tool_call_id: tool_call_id ?? "" }),
  };
}

function withImage(message: ChatMessage): ChatMessage {
  const parts: ContentPart[] =
    typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
  return { ...message, content: [...parts, { type: "image_url", image_url: { url: "" } }] };
}

/** A message that is left with one text is a plain text again. */
function withPart(message: ChatMessage, place: number, part: ContentPart | null): ChatMessage {
  if (typeof message.content === "string") return message;
  const parts = part ? message.content.with(place, part) : message.content.toSpliced(place, 1);
  const [only] = parts;
  return { ...message, content: parts.length === 1 && only?.type === "text" ? only.text : parts };
}

type Kind = MessageRole | "placeholder" | "examples" | "include";

const roleOptions: { value: Kind; label: string; hint?: string }[] = [
  ...messageRoles.map((role) => ({ value: role, label: role[0]!.toUpperCase() + role.slice(1) })),
  { value: "examples", label: "Examples", hint: "Questions and good answers" },
  { value: "placeholder", label: "Placeholder", hint: "A list of messages, given when it is compiled" },
  { value: "include", label: "Include", hint: "The messages of another chat prompt" },
];

const exampleCall = {
  id: "call_1",
  type: "function" as const,
  function: { name: "look_up", arguments: '{"query":"…"}' },
};

const hints: Record<string, string> = {
  system: "Who the model is and how it answers. {{ for a variable.",
  developer: "Instructions that outrank the user's. {{ for a variable.",
  user: "What is asked. {{ for a variable.",
  assistant: "An example of a good answer.",
  tool: "What the tool answered.",
};

import type { ReactNode } from "react";
import type { Message, MessagePart } from "#lib/traces/span.ts";
import { JsonText } from "./json-text.tsx";
import { MessageText, type TextFormat } from "./message-text.tsx";
import { UntrustedImage } from "./untrusted-image.tsx";

type ConversationProps = {
  label: string;
  messages: readonly Message[];
  format: TextFormat;
};

/** Messages one under the other: who speaks at the left, what is said at the right. */
export function Conversation({ label, messages, format }: ConversationProps) {
  return (
    <ol aria-label={label} className="divide-y divide-border">
      {messages.map((message, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a span never move
          key={index}
          className="grid grid-cols-1 gap-x-4 gap-y-1 py-3 first:pt-0 sm:grid-cols-[5.5rem_minmax(0,1fr)]"
        >
          <div className="text-xs leading-5 font-medium text-muted">
            <span className={message.role === "assistant" ? "text-accent" : undefined}>
              {roleName(message.role)}
            </span>
            {message.name && <span className="block truncate font-normal">{message.name}</span>}
          </div>
          <div className="flex min-w-0 flex-col gap-2.5">
            {message.parts.map((part, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message never move
              <Part key={place} part={part} format={format} />
            ))}
            {message.parts.length === 0 && <p className="text-muted">Nothing</p>}
            {message.finishReason && message.finishReason !== "stop" && (
              <p className="text-xs text-muted">Ended by: {message.finishReason}</p>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Part({ part, format }: { part: MessagePart; format: TextFormat }) {
  switch (part.type) {
    case "text":
      return <MessageText text={part.text} format={format} />;
    case "reasoning":
      return (
        <Folded title="Reasoning" isOpen={part.text.length < 600}>
          <div className="text-muted italic">
            <MessageText text={part.text} format={format} />
          </div>
        </Folded>
      );
    case "tool_call":
      return (
        <Folded
          title={
            <>
              Calls <code className="font-semibold text-text">{part.name}</code>
            </>
          }
          detail={part.id}
          isOpen
        >
          <JsonText value={part.arguments} />
        </Folded>
      );
    case "tool_result":
      return (
        <Folded title="Tool result" detail={part.id} isOpen>
          <JsonText value={part.result} />
        </Folded>
      );
    case "image":
      return <UntrustedImage url={part.url} mediaType={part.mediaType} bytesBase64={part.bytesBase64} />;
    case "file":
      return (
        <p className="text-muted">
          File {[part.fileId, part.url, part.mediaType].filter(Boolean).join(" · ")}
        </p>
      );
    case "other":
      return <JsonText value={part.value} />;
  }
}

type FoldedProps = { title: ReactNode; detail?: string | null; isOpen: boolean; children: ReactNode };

function Folded({ title, detail, isOpen, children }: FoldedProps) {
  return (
    <details open={isOpen} className="border-l-2 border-border pl-3">
      <summary className="cursor-default text-xs leading-5 text-muted select-none">
        {title}
        {detail && <code className="ml-2">{detail}</code>}
      </summary>
      <div className="mt-1">{children}</div>
    </details>
  );
}

const roleNames: Record<string, string> = {
  system: "System",
  developer: "Developer",
  user: "User",
  assistant: "Assistant",
  model: "Assistant",
  tool: "Tool",
  function: "Tool",
};

function roleName(role: string): string {
  return roleNames[role.toLowerCase()] ?? role;
}

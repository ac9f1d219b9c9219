"use client";

import { useId, useState } from "react";
import type { IncludeMessage } from "#lib/prompts/schema.ts";
import { Input } from "../ui/input.tsx";
import type { MessageCardProps } from "./message-card.tsx";
import { usePromptSources } from "./prompt-sources.tsx";

type IncludeBodyProps = MessageCardProps & { message: IncludeMessage };

/** The messages of another chat prompt, by its name and a version or label. */
export function IncludeBody({ index, message, problems, isReadOnly, onChange }: IncludeBodyProps) {
  const id = useId();
  const { listPrompts } = usePromptSources();
  const [options, setOptions] = useState<string[]>([]);
  const problem = problems.find((each) => each.path === `messages.${index}.reference`);
  return (
    <div className="flex flex-col gap-1 px-3 py-2.5">
      <label htmlFor={id} className="text-sm text-muted">
        The messages of the chat prompt
      </label>
      <Input
        id={id}
        isCode
        list={`${id}-prompts`}
        placeholder="shared/examples@production"
        value={message.reference}
        readOnly={isReadOnly}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem ? `${id}-problem` : undefined}
        onFocus={async () => {
          const prompts = await listPrompts();
          setOptions(
            prompts
              .filter((each) => each.type === "chat")
              .flatMap(({ name, labels }) => [...labels, "latest"].map((label) => `${name}@${label}`)),
          );
        }}
        onValueChange={(reference) => onChange({ ...message, reference })}
      />
      <datalist id={`${id}-prompts`}>
        {options.map((option) => (
          <option key={option} value={option} />
        ))}
      </datalist>
      {problem && (
        <p id={`${id}-problem`} className="text-sm text-harm">
          {problem.message}
        </p>
      )}
    </div>
  );
}

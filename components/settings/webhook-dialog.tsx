"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import {
  type CreateWebhookInput,
  eventMeanings,
  type WebhookEvent,
  webhookEvents,
} from "#lib/webhooks/schema.ts";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { useSubmit } from "../ui/use-submit.ts";

type WebhookDialogProps = {
  onCreate: (input: CreateWebhookInput) => Promise<ActionResult<{ secret: string }>>;
};

/** Makes a webhook, then shows its signing secret once. */
export function WebhookDialog({ onCreate }: WebhookDialogProps) {
  const formId = useId();
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<readonly WebhookEvent[]>(webhookEvents);
  const [secret, setSecret] = useState<string | null>(null);
  const { submit, isPending, error, issueOf, clear } = useSubmit(onCreate, (made) => {
    setSecret(made.secret);
    router.refresh();
  });

  function changeOpen(next: boolean) {
    setOpen(next);
    if (!next) return;
    setSecret(null);
    setUrl("");
    setEvents(webhookEvents);
    clear();
  }

  return (
    <Dialog
      title={secret ? "Its signing secret" : "Add a webhook"}
      description={
        secret
          ? "Shown this once. Check each delivery’s signature with it."
          : "Stemma posts JSON to the address, signed, and tries again while it fails."
      }
      isOpen={isOpen}
      onOpenChange={changeOpen}
      trigger={
        <Button variant="primary">
          <Plus aria-hidden="true" />
          Add webhook
        </Button>
      }
      footer={
        secret ? (
          <DialogClose>I have copied it</DialogClose>
        ) : (
          <>
            <DialogClose />
            <Button type="submit" form={formId} variant="primary" isPending={isPending}>
              Add webhook
            </Button>
          </>
        )
      }
    >
      {secret ? (
        <CodeBlock label="Secret" code={secret} />
      ) : (
        <form
          id={formId}
          className="flex flex-col gap-4 pb-2"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            void submit({ url, events: [...events] });
          }}
        >
          <Field label="Address" error={issueOf("url")}>
            <Input
              isCode
              type="url"
              value={url}
              placeholder="https://example.com/hooks"
              onValueChange={setUrl}
            />
          </Field>
          <EventChoices events={events} error={issueOf("events")} onChange={setEvents} />
          <FormError>{error}</FormError>
        </form>
      )}
    </Dialog>
  );
}

type EventChoicesProps = {
  events: readonly WebhookEvent[];
  error: string | null;
  onChange: (events: readonly WebhookEvent[]) => void;
};

export function EventChoices({ events, error, onChange }: EventChoicesProps) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">Tell of</legend>
      {webhookEvents.map((event) => (
        <Checkbox
          key={event}
          label={<code>{event}</code>}
          description={eventMeanings[event]}
          isChecked={events.includes(event)}
          onCheckedChange={(isChecked) =>
            onChange(isChecked ? [...events, event] : events.filter((each) => each !== event))
          }
        />
      ))}
      {error && (
        <p role="alert" className="text-xs text-harm">
          {error}
        </p>
      )}
    </fieldset>
  );
}

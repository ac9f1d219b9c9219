"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ActionResult } from "#lib/http/action.ts";
import type { ChangeWebhookInput, Delivery, Webhook } from "#lib/webhooks/schema.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Dialog, DialogClose } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Switch } from "../ui/switch.tsx";
import { Table, Td, Th } from "../ui/table.tsx";
import { showError, showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { EventChoices } from "./webhook-dialog.tsx";

type Changed = ChangeWebhookInput & { id: string };

type WebhookListProps = {
  webhooks: readonly Webhook[];
  deliveries: readonly Delivery[];
  onChange: (input: Changed) => Promise<ActionResult<unknown>>;
  onDelete: (input: { id: string }) => Promise<ActionResult<unknown>>;
  onTest: (input: { id: string }) => Promise<ActionResult<Delivery>>;
  onRedeliver: (input: { id: string }) => Promise<ActionResult<unknown>>;
};

/** The webhooks with their switches, and what was sent to each. */
export function WebhookList(props: WebhookListProps) {
  const { webhooks, deliveries } = props;
  return (
    <div className="flex flex-col gap-8">
      {webhooks.map((webhook) => (
        <WebhookCard
          key={webhook.id}
          {...props}
          webhook={webhook}
          deliveries={deliveries.filter((each) => each.webhookId === webhook.id)}
        />
      ))}
    </div>
  );
}

function WebhookCard(props: WebhookListProps & { webhook: Webhook }) {
  const { webhook, deliveries, onChange, onDelete, onTest } = props;
  const router = useRouter();
  const [isTesting, setTesting] = useState(false);

  async function carryOut(done: Promise<ActionResult<unknown>>, said: string): Promise<string | null> {
    const result = await done;
    if (!result.ok) return result.error.message;
    showToast(said);
    router.refresh();
    return null;
  }

  async function sendTest() {
    setTesting(true);
    const result = await onTest({ id: webhook.id });
    setTesting(false);
    if (!result.ok) return showError(result.error.message);
    const { status, responseStatus, durationMs, error } = result.data;
    if (status === "delivered") showToast(`Delivered: it answered ${responseStatus} in ${durationMs} ms`);
    else showError(error ?? "It was not delivered.");
    router.refresh();
  }

  return (
    <article aria-label={webhook.url} className="border-t border-border pt-4 first:border-t-0 first:pt-0">
      <header className="mb-2 flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-2">
            <code className="font-medium break-all">{webhook.url}</code>
            {!webhook.isEnabled && <Badge tone={webhook.disabledReason ? "harm" : "outline"}>off</Badge>}
          </p>
          <p className="text-xs text-muted">
            {webhook.events.join(", ")} · by {webhook.createdBy}, <RelativeTime value={webhook.createdAt} />
          </p>
          {webhook.disabledReason && (
            <p className="mt-1 max-w-prose text-sm text-harm">
              It switched itself off: {webhook.disabledReason} Mend the receiver, send a test, and switch it
              on again.
            </p>
          )}
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Switch
            aria-label={`Send to ${webhook.url}`}
            isChecked={webhook.isEnabled}
            onCheckedChange={(isEnabled) =>
              void carryOut(
                onChange({ id: webhook.id, isEnabled }),
                isEnabled ? "Switched on" : "Switched off",
              ).then((problem) => problem && showError(problem))
            }
          />
          <Button size="sm" isPending={isTesting} onClick={sendTest}>
            Send a test
          </Button>
          <EditWebhook webhook={webhook} onChange={onChange} />
          <ConfirmDialog
            title="Delete this webhook?"
            consequence={`Nothing is sent to ${webhook.url} any more, and its log goes with it.`}
            confirmLabel="Delete webhook"
            trigger={
              <Button size="sm" variant="danger">
                Delete
              </Button>
            }
            onConfirm={() => carryOut(onDelete({ id: webhook.id }), "Deleted")}
          />
        </div>
      </header>
      {deliveries.length === 0 ? (
        <p className="text-sm text-muted">Nothing has been sent yet. Send a test to see that it arrives.</p>
      ) : (
        <DeliveryLog {...props} deliveries={deliveries} />
      )}
    </article>
  );
}

function DeliveryLog({ deliveries, onRedeliver }: Pick<WebhookListProps, "deliveries" | "onRedeliver">) {
  const router = useRouter();
  return (
    <Table label="Deliveries, newest first">
      <thead>
        <tr>
          <Th>Event</Th>
          <Th>When</Th>
          <Th>Outcome</Th>
          <Th isNumeric>Attempts</Th>
          <Th isNumeric>Took</Th>
          <Th>
            <span className="sr-only">Actions</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {deliveries.map((delivery) => (
          <tr key={delivery.id} className="align-top">
            <Td className="align-top">
              <details>
                <summary className="cursor-default select-none">
                  <code>{delivery.event}</code>
                </summary>
                <pre className="mt-1 max-h-64 max-w-xl overflow-auto rounded-md bg-sunken p-2 text-xs whitespace-pre-wrap">
                  {JSON.stringify(JSON.parse(delivery.body), null, 2)}
                </pre>
              </details>
            </Td>
            <Td className="align-top whitespace-nowrap">
              <RelativeTime value={delivery.createdAt} />
            </Td>
            <Td className="align-top">
              <Badge tone={tones[delivery.status]}>{delivery.status}</Badge>{" "}
              {delivery.responseStatus !== null && (
                <span className="text-muted">{delivery.responseStatus}</span>
              )}
              {delivery.error && (
                <span className="block max-w-prose text-xs text-muted">{delivery.error}</span>
              )}
              {delivery.nextAttemptAt && delivery.attempts > 0 && (
                <span className="block text-xs text-muted">
                  next attempt <RelativeTime value={delivery.nextAttemptAt} />
                </span>
              )}
            </Td>
            <Td isNumeric className="align-top">
              {delivery.attempts}
            </Td>
            <Td isNumeric className="align-top">
              {delivery.durationMs === null ? "–" : `${delivery.durationMs} ms`}
            </Td>
            <Td className="align-top">
              {delivery.status === "failed" && delivery.event !== "webhook.test" && (
                <Button
                  size="sm"
                  onClick={async () => {
                    const result = await onRedeliver({ id: delivery.id });
                    if (!result.ok) return showError(result.error.message);
                    showToast("It is sent once more");
                    router.refresh();
                  }}
                >
                  Send again
                </Button>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const tones = { pending: "unresolved", delivered: "better", failed: "harm" } as const;

function EditWebhook({ webhook, onChange }: { webhook: Webhook } & Pick<WebhookListProps, "onChange">) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [url, setUrl] = useState(webhook.url);
  const [events, setEvents] = useState(webhook.events as readonly Webhook["events"][number][]);
  const { submit, isPending, error, issueOf } = useSubmit(onChange, () => {
    setOpen(false);
    showToast("Saved");
    router.refresh();
  });
  const formId = `edit-${webhook.id}`;
  return (
    <Dialog
      title="Edit the webhook"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={<Button size="sm">Edit</Button>}
      footer={
        <>
          <DialogClose />
          <Button type="submit" form={formId} variant="primary" isPending={isPending}>
            Save
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-4 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          void submit({ id: webhook.id, url, events: [...events] });
        }}
      >
        <Field label="Address" error={issueOf("url")}>
          <Input isCode type="url" value={url} onValueChange={setUrl} />
        </Field>
        <EventChoices events={events} error={issueOf("events")} onChange={setEvents} />
        <FormError>{error}</FormError>
      </form>
    </Dialog>
  );
}

"use client";

import { Bookmark, Check, ChevronDown, Users } from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormError } from "#components/ui/form-error.tsx";
import { Input } from "#components/ui/input.tsx";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { showError, showToast } from "#components/ui/toast.tsx";
import { useSubmit } from "#components/ui/use-submit.ts";
import type { ActionResult } from "#lib/http/action.ts";
import type { SavedView, SavedViewInput } from "#lib/traces/saved-views.ts";
import { type TraceListState, viewHref, viewQuery } from "./trace-list-state.ts";

export type SavedViewActions = {
  onCreate: (view: SavedViewInput & { isDefault: boolean }) => Promise<ActionResult<{ id: string }>>;
  onUpdate: (id: string, change: Partial<SavedViewInput>) => Promise<ActionResult<unknown>>;
  onRemove: (id: string) => Promise<ActionResult<unknown>>;
  onSetDefault: (id: string | null) => Promise<ActionResult<unknown>>;
};

type SavedViewsProps = SavedViewActions & {
  slug: string;
  state: TraceListState;
  views: readonly SavedView[];
  mayShare: boolean;
};

/** The list's saved views: which one is shown, the others, and what can be done with it. */
export function SavedViews(props: SavedViewsProps) {
  const { slug, state, views, mayShare, onCreate, onUpdate, onRemove, onSetDefault } = props;
  const router = useRouter();
  const [open, setOpen] = useState<"save" | "rename" | "remove" | null>(null);
  const current = views.find((view) => view.id === state.viewId) ?? null;
  const query = viewQuery(state);
  const isEdited = current !== null && current.query !== query;
  const plainHref = `/${slug}/traces${views.some((view) => view.isDefault) ? "?view=all" : ""}`;

  async function run(act: Promise<ActionResult<unknown>>, said: string) {
    const result = await act.catch(() => null);
    if (result?.ok) showToast(said);
    else showError(result?.error.message ?? "The server could not be reached. Try again.");
  }

  return (
    <>
      <Menu
        className="w-64"
        trigger={
          <Button aria-label={`View: ${current?.name ?? "All traces"}${isEdited ? ", changed" : ""}`}>
            <Bookmark aria-hidden="true" />
            <span className="max-w-40 truncate">{current?.name ?? "All traces"}</span>
            {isEdited && <span className="text-muted">(changed)</span>}
            <ChevronDown aria-hidden="true" className="text-muted" />
          </Button>
        }
      >
        <MenuGroup label="Views">
          <MenuItem icon={<Mark isShown={current === null} />} onSelect={() => router.push(plainHref)}>
            All traces
          </MenuItem>
          {views.map((view) => (
            <MenuItem
              key={view.id}
              icon={<Mark isShown={view === current} />}
              end={<Marks view={view} />}
              onSelect={() => router.push(viewHref(slug, view))}
            >
              {view.name}
            </MenuItem>
          ))}
        </MenuGroup>
        <MenuSeparator />
        {current?.mayChange && isEdited && (
          <MenuItem
            onSelect={() => void run(onUpdate(current.id, { query }), `Saved the changes to ${current.name}`)}
          >
            Save changes to “{current.name}”
          </MenuItem>
        )}
        <MenuItem onSelect={() => setOpen("save")}>Save as a view …</MenuItem>
        {current && (
          <MenuItem
            onSelect={() =>
              void run(
                onSetDefault(current.isDefault ? null : current.id),
                current.isDefault ? "Traces open with all of them again" : `Traces open with ${current.name}`,
              )
            }
          >
            {current.isDefault ? "Don't open with this view" : "Open with this view"}
          </MenuItem>
        )}
        {current?.mayChange && (
          <>
            <MenuItem onSelect={() => setOpen("rename")}>Rename …</MenuItem>
            {mayShare && (
              <MenuItem
                onSelect={() =>
                  void run(
                    onUpdate(current.id, { isShared: !current.isShared }),
                    current.isShared ? `${current.name} is yours alone` : `${current.name} is shared`,
                  )
                }
              >
                {current.isShared ? "Stop sharing" : "Share with the project"}
              </MenuItem>
            )}
            <MenuItem isDanger onSelect={() => setOpen("remove")}>
              Delete this view …
            </MenuItem>
          </>
        )}
      </Menu>
      {open === "save" && (
        <SaveDialog
          mayShare={mayShare}
          onClose={() => setOpen(null)}
          onSave={(view) => onCreate({ ...view, query })}
          onSaved={(id) => router.push(viewHref(slug, { id, query }))}
        />
      )}
      {open === "rename" && current && (
        <RenameDialog
          view={current}
          onClose={() => setOpen(null)}
          onRename={(name) => onUpdate(current.id, { name })}
        />
      )}
      {current && (
        <ConfirmDialog
          title={`Delete the view “${current.name}”?`}
          consequence={
            current.isShared
              ? "Everyone in the project loses this view. No trace is deleted."
              : "No trace is deleted."
          }
          confirmLabel="Delete view"
          isOpen={open === "remove"}
          onOpenChange={(isOpen) => !isOpen && setOpen(null)}
          onConfirm={async () => {
            const result = await onRemove(current.id);
            if (!result.ok) return result.error.message;
            showToast(`Deleted the view ${current.name}`);
            router.push(`/${slug}/traces${query}`);
            return null;
          }}
        />
      )}
    </>
  );
}

function Mark({ isShown }: { isShown: boolean }) {
  return isShown ? <Check aria-hidden="true" className="text-accent" /> : <span className="size-4" />;
}

function Marks({ view }: { view: SavedView }) {
  return (
    <>
      {view.isDefault && <Badge>Default</Badge>}
      {view.isShared && (
        <span title="Shared with the project">
          <Users aria-hidden="true" className="text-muted" />
          <span className="sr-only">Shared with the project</span>
        </span>
      )}
    </>
  );
}

type SaveDialogProps = {
  mayShare: boolean;
  onClose: () => void;
  onSave: (view: {
    name: string;
    isShared: boolean;
    isDefault: boolean;
  }) => Promise<ActionResult<{ id: string }>>;
  onSaved: (id: string) => void;
};

function SaveDialog({ mayShare, onClose, onSave, onSaved }: SaveDialogProps) {
  const [name, setName] = useState("");
  const [isShared, setShared] = useState(false);
  const [isDefault, setDefault] = useState(false);
  const { submit, isPending, error, issueOf } = useSubmit(onSave, ({ id }) => {
    showToast(`Saved the view ${name.trim()}`);
    onClose();
    onSaved(id);
  });
  return (
    <NameDialog
      title="Save as a view"
      description="Remembers the filter, the time range and the order."
      confirmLabel="Save view"
      {...{ name, setName, isPending, error, onClose }}
      issue={issueOf("name")}
      onConfirm={() => void submit({ name, isShared, isDefault })}
    >
      {mayShare && (
        <Checkbox
          isChecked={isShared}
          onCheckedChange={setShared}
          label="Share with everyone in the project"
        />
      )}
      <Checkbox isChecked={isDefault} onCheckedChange={setDefault} label="Open my list of traces with it" />
    </NameDialog>
  );
}

type RenameDialogProps = {
  view: SavedView;
  onClose: () => void;
  onRename: (name: string) => Promise<ActionResult<unknown>>;
};

function RenameDialog({ view, onClose, onRename }: RenameDialogProps) {
  const [name, setName] = useState(view.name);
  const { submit, isPending, error, issueOf } = useSubmit(onRename, () => {
    showToast(`Renamed to ${name.trim()}`);
    onClose();
  });
  return (
    <NameDialog
      title={`Rename “${view.name}”`}
      confirmLabel="Rename view"
      {...{ name, setName, isPending, error, onClose }}
      issue={issueOf("name")}
      onConfirm={() => void submit(name)}
    />
  );
}

type NameDialogProps = {
  title: string;
  description?: string;
  confirmLabel: string;
  name: string;
  setName: (name: string) => void;
  issue: string | null;
  error: string | null;
  isPending: boolean;
  onClose: () => void;
  onConfirm: () => void;
  children?: ReactNode;
};

function NameDialog(props: NameDialogProps) {
  const { title, description, confirmLabel, name, setName, issue, error, isPending, onClose, onConfirm } =
    props;
  return (
    <Dialog
      title={title}
      description={description}
      width="sm"
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      footer={
        <>
          <DialogClose />
          <Button
            type="submit"
            form="view-form"
            variant="primary"
            isPending={isPending}
            disabled={name.trim() === ""}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <form
        id="view-form"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") onConfirm();
        }}
      >
        <Field label="Name" error={issue}>
          <Input value={name} onValueChange={setName} autoComplete="off" autoFocus />
        </Field>
        {props.children}
        <FormError>{error}</FormError>
      </form>
    </Dialog>
  );
}

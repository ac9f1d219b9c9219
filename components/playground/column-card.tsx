"use client";

import { Ellipsis, Play, Plus, SlidersHorizontal } from "lucide-react";
import Link from "next/link";
import { memo, useState } from "react";
import type { ModelVersion } from "#lib/models/schema.ts";
import type { PlaygroundColumn } from "#lib/playground/schema.ts";
import { columnLimit } from "#lib/playground/words.ts";
import type { PromptContent, PromptMessage } from "#lib/prompts/schema.ts";
import { VariantMark } from "../charts/variant-mark.tsx";
import { SimulatedBadge } from "../models/simulated-badge.tsx";
import { MessageCard } from "../prompts/message-card.tsx";
import { problemsAt } from "../prompts/problems-at.ts";
import { promptHref } from "../prompts/prompt-href.ts";
import { TemplateField } from "../prompts/template-field.tsx";
import { Button } from "../ui/button.tsx";
import { countOf } from "../ui/format.ts";
import { Menu, MenuItem, MenuLink, MenuSeparator } from "../ui/menu.tsx";
import { Select } from "../ui/select.tsx";
import { showToast } from "../ui/toast.tsx";
import { ColumnSettings } from "./column-settings.tsx";
import type { PlaygroundActions } from "./playground-actions.ts";
import { settingsSummary } from "./settings-summary.ts";
import { useColumnEditor } from "./use-column-editor.ts";

export type ColumnEvents = {
  onChange: (column: PlaygroundColumn) => void;
  onContent: (id: string, content: PromptContent) => void;
  onDuplicate: (index: number) => void;
  onRemove: (index: number) => void;
  onMove: (index: number, to: number) => void;
  onRun: (index: number) => void;
  onLoad: (index: number) => void;
  onSave: (index: number) => void;
  onCompare: (index: number) => void;
};

type ColumnCardProps = ColumnEvents & {
  slug: string;
  index: number;
  count: number;
  column: PlaygroundColumn;
  models: readonly ModelVersion[];
  /** Whether the content is not what the saved version said when it was loaded. */
  isEdited: boolean;
  isReadOnly: boolean;
  canRun: boolean;
  canSave: boolean;
  arePromptsHidden: boolean;
  actions: PlaygroundActions;
  className?: string;
};

/** One column: which prompt on which model, edited in place. */
export const ColumnCard = memo(function ColumnCard(props: ColumnCardProps) {
  const { slug, index, count, column, models, isEdited, isReadOnly, canRun, actions } = props;
  const [areSettingsOpen, setSettingsOpen] = useState(false);
  const editor = useColumnEditor({
    column,
    isReadOnly,
    onContent: (content) => props.onContent(column.id, content),
    onResolve: actions.resolveIncludes,
  });
  const { content, editing, problems, known } = editor;
  const model = models.find((each) => each.id === column.modelVersionId);
  const { origin } = column;
  const letter = "ABCDEF"[index]!;

  return (
    <section
      aria-label={`Column ${letter}`}
      data-column={column.id}
      tabIndex={-1}
      className={`flex min-w-0 flex-col gap-3 rounded-md focus-visible:outline-offset-4 ${props.className ?? ""}`}
    >
      <header className="flex flex-col gap-2">
        <div className="flex min-h-8 items-center gap-1.5">
          <VariantMark index={index} />
          <h2 className="min-w-0 flex-1 truncate text-sm font-medium">
            {origin ? (
              <Link
                href={promptHref(slug, origin.promptName, `version=${origin.number}`)}
                className="hover:underline"
                prefetch={false}
                title={`${origin.promptName}, version ${origin.number}`}
              >
                {origin.promptName} v{origin.number}
              </Link>
            ) : (
              <span className="text-muted">Unsaved prompt</span>
            )}
          </h2>
          {origin && isEdited && <span className="text-xs whitespace-nowrap text-unresolved">edited</span>}
          {model?.connection.isSimulated && <SimulatedBadge />}
          <Button
            size="icon"
            variant="quiet"
            aria-label={`Run column ${letter}`}
            title="Run this column (⌘⇧↵)"
            disabled={!canRun || !model}
            onClick={() => props.onRun(index)}
          >
            <Play aria-hidden="true" />
          </Button>
          <Menu
            align="end"
            trigger={
              <Button variant="quiet" size="icon" aria-label={`More for column ${letter}`}>
                <Ellipsis aria-hidden="true" />
              </Button>
            }
          >
            <MenuItem onSelect={() => props.onLoad(index)}>Load a saved prompt…</MenuItem>
            <MenuItem onSelect={() => props.onSave(index)} isDisabled={!props.canSave}>
              Save as a version…
            </MenuItem>
            {origin && (
              <MenuItem onSelect={() => props.onCompare(index)} isDisabled={!isEdited}>
                Show what was edited
              </MenuItem>
            )}
            {origin && (
              <MenuLink href={promptHref(slug, origin.promptName, `version=${origin.number}`)}>
                Open in the editor
              </MenuLink>
            )}
            <MenuSeparator />
            <MenuItem onSelect={() => props.onDuplicate(index)} isDisabled={count >= columnLimit}>
              Duplicate column
            </MenuItem>
            <MenuItem onSelect={() => props.onMove(index, index - 1)} isDisabled={index === 0}>
              Move left
            </MenuItem>
            <MenuItem onSelect={() => props.onMove(index, index + 1)} isDisabled={index === count - 1}>
              Move right
            </MenuItem>
            <MenuItem isDanger onSelect={() => props.onRemove(index)} isDisabled={count === 1}>
              Remove column
            </MenuItem>
          </Menu>
        </div>
        <div className="flex gap-2">
          <Select
            aria-label={`Model of column ${letter}`}
            placeholder="Choose a model version…"
            options={models.map((each) => ({
              value: each.id,
              label: `${each.model.name} v${each.number}`,
              hint: `${each.providerModel} on ${each.connection.name}`,
            }))}
            value={column.modelVersionId}
            onValueChange={(modelVersionId) => props.onChange({ ...column, content, modelVersionId })}
          />
          <Button
            aria-label={`Settings of column ${letter}`}
            title="Sampling, answer format, tools and variables"
            onClick={() => setSettingsOpen(true)}
          >
            <SlidersHorizontal aria-hidden="true" />
            Settings
          </Button>
        </div>
        <p className="text-xs text-muted">
          {settingsSummary(column, content, model?.parameters ?? {}).join(" · ") || "The provider's defaults"}
        </p>
      </header>
      <div className={props.arePromptsHidden ? "hidden" : "flex flex-col gap-3"}>
        {content.type === "text" ? (
          <section aria-label="Text" className="rounded-lg border border-border bg-surface">
            <TemplateField
              label={`Prompt text of column ${letter}`}
              value={content.text}
              onChange={(text) =>
                editing.change((before) => (before.type === "text" ? { ...before, text } : before))
              }
              problems={problemsAt(problems, "text")}
              variables={known}
              isReadOnly={isReadOnly}
              hint="What the model is asked. {{ for a variable."
              onDeclare={editor.declare}
            />
          </section>
        ) : (
          content.messages.map((message, place) => (
            <MessageCard
              key={editing.keys[place]}
              index={place}
              count={content.messages.length}
              message={message}
              problems={problems}
              variables={known}
              tokens={undefined}
              isReadOnly={isReadOnly}
              onChange={(next) => editing.changeMessage(place, next)}
              onRemove={() => {
                editing.removeMessage(place);
                showToast("Removed the message", {
                  action: { label: "Undo", onClick: () => editing.addMessage(message, place) },
                });
              }}
              onMove={(to) => editing.moveMessage(place, to)}
              onDeclare={editor.declare}
              onValidity={() => {}}
            />
          ))
        )}
        <div className="flex flex-wrap items-center gap-2">
          {content.type === "chat" && !isReadOnly && (
            <Button
              size="sm"
              variant="quiet"
              onClick={() => editing.addMessage(nextMessage(content), content.messages.length)}
            >
              <Plus aria-hidden="true" />
              Add message
            </Button>
          )}
          {editor.errorCount > 0 && (
            <span className="text-xs text-harm">{countOf(editor.errorCount, "error")}: underlined</span>
          )}
        </div>
      </div>
      <ColumnSettings
        isOpen={areSettingsOpen}
        onOpenChange={setSettingsOpen}
        letter={letter}
        column={column}
        content={content}
        undeclared={editor.undeclared}
        problems={problems}
        isReadOnly={isReadOnly}
        onPart={editor.setPart}
        onOverrides={(overrides) => props.onChange({ ...column, content, overrides })}
      />
    </section>
  );
});

/** After a question comes an answer, after an answer a question. */
function nextMessage(content: Extract<PromptContent, { type: "chat" }>): PromptMessage {
  const last = content.messages.at(-1);
  return { role: last && "role" in last && last.role === "user" ? "assistant" : "user", content: "" };
}

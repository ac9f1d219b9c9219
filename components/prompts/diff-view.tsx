import type { ComponentType, ReactNode } from "react";
import {
  type ContentDiff,
  type DiffLine,
  diffText,
  diffWords,
  type FieldChange,
  type MessageDiff,
  type TextChange,
} from "#lib/prompts/diff.ts";
import { classNames } from "../ui/class-names.ts";

/** Beside each other, below each other, or as one text in which words are struck out and put in. */
export type DiffMode = "split" | "inline" | "words";

type DiffViewProps = {
  diff: ContentDiff;
  mode: DiffMode;
  /** Names of model versions by id. */
  modelNames: Readonly<Record<string, string>>;
};

/** What changed from one version to another: short settings, then the messages, then schemas and tools. */
export function DiffView({ diff, mode, modelNames }: DiffViewProps) {
  if (diff.isEqual) return <p className="py-4 text-muted">The two versions have the same content.</p>;
  const isLong = ({ before, after }: FieldChange) => `${before}${after}`.includes("\n");
  const short = diff.fields.filter((field) => !isLong(field));
  return (
    <div className="flex flex-col gap-4">
      {short.length > 0 && <ShortFields fields={short} modelNames={modelNames} />}
      {diff.messages.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a diff is drawn once and never reordered
        <MessageChange key={index} message={message} mode={mode} />
      ))}
      {diff.fields.filter(isLong).map(({ field, before, after }) => (
        <Changed key={field} title={nameOf(field)} lines={diffText(before ?? "", after ?? "")} mode={mode} />
      ))}
    </div>
  );
}

function ShortFields({
  fields,
  modelNames,
}: {
  fields: FieldChange[];
  modelNames: Readonly<Record<string, string>>;
}) {
  const shown = (field: string, value: string | null) => {
    if (value === null) return <span className="text-muted">not set</span>;
    const parsed: unknown = JSON.parse(value);
    const text = typeof parsed === "string" ? parsed : value;
    return (
      <span className="font-mono break-words">
        {(field === "modelVersionId" && modelNames[text]) || text}
      </span>
    );
  };
  return (
    <section aria-label="Changed settings" className="rounded-lg border border-border bg-surface">
      <h3 className="border-b border-border px-3 py-1.5 text-xs font-medium text-muted">Settings</h3>
      <dl className="divide-y divide-border">
        {fields.map(({ field, before, after }) => (
          <div
            key={field}
            className="grid grid-cols-2 gap-x-3 gap-y-0.5 px-3 py-1.5 sm:grid-cols-[minmax(8rem,1fr)_1fr_1fr]"
          >
            <dt className="col-span-2 font-medium break-words sm:col-span-1">{nameOf(field)}</dt>
            <dd className="min-w-0 text-worse">
              <span className="sr-only">before: </span>
              <Sign>−</Sign>
              {shown(field, before)}
            </dd>
            <dd className="min-w-0 text-better">
              <span className="sr-only">after: </span>
              <Sign>+</Sign>
              {shown(field, after)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function MessageChange({ message, mode }: { message: MessageDiff; mode: DiffMode }) {
  const { kind, before, after, lines } = message;
  const role =
    before !== null && after !== null && before !== after ? `${before} → ${after}` : (after ?? before);
  const word = { same: "unchanged", added: "added", removed: "removed", changed: "changed" }[kind];
  if (kind === "same") {
    return (
      <details className="rounded-lg border border-border text-muted">
        <summary className="cursor-default px-3 py-1.5 text-xs font-medium">
          {role} · {word}
        </summary>
        <Inline lines={lines} />
      </details>
    );
  }
  return <Changed title={`${role} · ${word}`} lines={lines} mode={mode} />;
}

function Changed({ title, lines, mode }: { title: string; lines: DiffLine[]; mode: DiffMode }) {
  return (
    <section aria-label={title} className="overflow-hidden rounded-lg border border-border bg-surface">
      <h3 className="border-b border-border px-3 py-1.5 text-xs font-medium text-muted">{title}</h3>
      {mode === "split" && (
        <div className="hidden md:block">
          <Folded lines={lines} Part={Split} />
        </div>
      )}
      {mode === "words" ? (
        <Folded lines={lines} Part={Words} />
      ) : (
        <div className={mode === "split" ? "md:hidden" : undefined}>
          <Folded lines={lines} Part={Inline} />
        </div>
      )}
    </section>
  );
}

/** Long unchanged stretches fold to a line that says how long they are. */
function Folded({ lines, Part }: { lines: DiffLine[]; Part: ComponentType<{ lines: DiffLine[] }> }) {
  return foldsOf(lines).map(({ start, part, isFolded }) =>
    isFolded ? (
      <Fold key={start} count={part.length}>
        <Part lines={part} />
      </Fold>
    ) : (
      <Part key={start} lines={part} />
    ),
  );
}

function Fold({ count, children }: { count: number; children: ReactNode }) {
  return (
    <details>
      <summary className="cursor-default bg-sunken px-3 py-0.5 text-xs text-muted hover:text-text">
        {count} unchanged lines
      </summary>
      {children}
    </details>
  );
}

function Inline({ lines }: { lines: DiffLine[] }) {
  return (
    <div className="font-mono text-sm">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        <Line key={index} line={line} />
      ))}
    </div>
  );
}

/** Lines that replace each other as one line, in which the words that went are struck out before those that came. */
function Words({ lines }: { lines: DiffLine[] }) {
  return (
    <div className="px-3 py-1 font-mono text-sm">
      {pairsOf(lines).map(({ removed, added }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        <p key={index} className="min-h-5 break-words whitespace-pre-wrap">
          {wordsOf(removed, added).map((word, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: words have no identity but their place
            <Word key={place} word={word} />
          ))}
        </p>
      ))}
    </div>
  );
}

function Word({ word }: { word: TextChange }) {
  if (word.kind === "same") return word.text;
  if (word.kind === "added") {
    return <ins className="rounded-sm bg-better/30 font-semibold text-text no-underline">{word.text}</ins>;
  }
  return <del className="rounded-sm bg-worse/30 text-text line-through">{word.text}</del>;
}

function wordsOf(removed: DiffLine | undefined, added: DiffLine | undefined): TextChange[] {
  if (removed && added && removed !== added) return diffWords(removed.text, added.text);
  const line = added ?? removed;
  return line ? [{ kind: line.kind, text: line.text }] : [];
}

function Split({ lines }: { lines: DiffLine[] }) {
  return (
    <div className="grid grid-cols-2 divide-x divide-border font-mono text-sm">
      {(["removed", "added"] as const).map((side) => (
        <div key={side} className="min-w-0">
          {pairsOf(lines).map((pair, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
            <SplitCell key={index} line={pair[side]} other={pair[side === "removed" ? "added" : "removed"]} />
          ))}
        </div>
      ))}
    </div>
  );
}

/** Both cells of a row hold both texts, one of them unseen, so that they take the same height. */
function SplitCell({ line, other }: { line: DiffLine | undefined; other: DiffLine | undefined }) {
  return (
    <div className={classNames("grid *:col-start-1 *:row-start-1", !line && "bg-sunken")}>
      {line && <Line line={line} />}
      {other && other !== line && (
        <div className="invisible" aria-hidden="true">
          <Line line={other} />
        </div>
      )}
    </div>
  );
}

function Line({ line }: { line: DiffLine }) {
  const { kind, text, words } = line;
  return (
    <div
      className={classNames(
        "flex min-w-0 pr-3",
        kind === "added" && "bg-better-soft",
        kind === "removed" && "bg-worse-soft",
      )}
    >
      <Sign>{kind === "added" ? "+" : kind === "removed" ? "−" : " "}</Sign>
      <span className="min-h-5 min-w-0 break-words whitespace-pre-wrap">
        {words
          ? words.map((word, index) =>
              word.kind === "same" ? (
                word.text
              ) : (
                <mark
                  // biome-ignore lint/suspicious/noArrayIndexKey: words have no identity but their place
                  key={index}
                  className={classNames(
                    "rounded-sm text-text",
                    word.kind === "added" ? "bg-better/30 font-semibold" : "bg-worse/30 line-through",
                  )}
                >
                  {word.text}
                </mark>
              ),
            )
          : text}
      </span>
    </div>
  );
}

function Sign({ children }: { children: string }) {
  return (
    <span className="inline-block w-6 shrink-0 text-center text-muted select-none" aria-hidden="true">
      {children}
    </span>
  );
}

const context = 3;

type FoldPart = { start: number; part: DiffLine[]; isFolded: boolean };

function foldsOf(lines: DiffLine[]): FoldPart[] {
  const parts: FoldPart[] = [];
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some((line) => line.kind !== "same"),
  );
  for (let start = 0; start < lines.length; ) {
    let end = start;
    while (end < lines.length && isNear[end] === isNear[start]) end++;
    const part = lines.slice(start, end);
    parts.push({ start, part, isFolded: !isNear[start] && part.length > 2 });
    start = end;
  }
  return parts;
}

type Pair = { removed: DiffLine | undefined; added: DiffLine | undefined };

function pairsOf(lines: DiffLine[]): Pair[] {
  const pairs: Pair[] = [];
  for (let index = 0; index < lines.length; ) {
    const line = lines[index]!;
    if (line.kind === "same") {
      pairs.push({ removed: line, added: line });
      index++;
      continue;
    }
    const removed = takeWhile(lines, index, "removed");
    const added = takeWhile(lines, index + removed.length, "added");
    for (let row = 0; row < Math.max(removed.length, added.length); row++) {
      pairs.push({ removed: removed[row], added: added[row] });
    }
    index += removed.length + added.length;
  }
  return pairs;
}

function takeWhile(lines: DiffLine[], from: number, kind: DiffLine["kind"]): DiffLine[] {
  let end = from;
  while (lines[end]?.kind === kind) end++;
  return lines.slice(from, end);
}

const names: Record<string, string> = {
  temperature: "Temperature",
  topP: "Top p",
  topK: "Top k",
  maxTokens: "Max tokens",
  seed: "Seed",
  stop: "Stop sequences",
  frequencyPenalty: "Frequency penalty",
  presencePenalty: "Presence penalty",
  reasoningEffort: "Reasoning effort",
  toolChoice: "Tool choice",
  modelVersionId: "Model version",
  "responseFormat.type": "Answer format",
  "responseFormat.name": "Schema name",
  "responseFormat.schema": "Answer schema",
  "responseFormat.isStrict": "Strict schema",
};

function nameOf(field: string): string {
  if (field.startsWith("variables.")) return `Variable ${field.slice("variables.".length)}`;
  if (field.startsWith("tools.")) return `Tool ${field.slice("tools.".length)}`;
  if (field.startsWith("includes.")) return `Include ${field.slice("includes.".length)}`;
  return names[field] ?? field;
}

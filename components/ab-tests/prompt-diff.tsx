import { classNames } from "#components/ui/class-names.ts";
import type { ContentDiff, DiffLine } from "#lib/prompts/diff.ts";

/** What differs between two prompt versions: messages by line and word, then the settings. Signs say it as colors do. */
export function PromptDiff({
  diff,
  labels,
}: {
  diff: ContentDiff;
  labels: { before: string; after: string };
}) {
  if (diff.isEqual) return <p className="text-sm text-muted">The prompts are the same.</p>;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-xs text-muted">
        <span className="text-worse">− {labels.before}</span> ·{" "}
        <span className="text-better">+ {labels.after}</span>
      </p>
      {diff.messages
        .filter((message) => message.kind !== "same")
        .map((message, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a diff is drawn once
          <div key={index} className="min-w-0 rounded-md bg-sunken py-1">
            <p className="px-3 text-xs text-muted">{message.after ?? message.before}</p>
            <pre className="overflow-x-auto font-mono text-xs leading-5 whitespace-pre-wrap">
              {message.lines.map((line, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a diff is drawn once
                <Line key={i} line={line} />
              ))}
            </pre>
          </div>
        ))}
      {diff.fields.length > 0 && (
        <ul className="flex flex-col gap-1 font-mono text-xs">
          {diff.fields.map(({ field, before, after }) => (
            <li key={field} className="break-words">
              <span className="text-muted">{field}</span>{" "}
              <del className="text-worse no-underline">− {before ?? "not set"}</del>{" "}
              <ins className="text-better no-underline">+ {after ?? "not set"}</ins>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Line({ line }: { line: DiffLine }) {
  return (
    <span
      className={classNames(
        "block px-3",
        line.kind === "added" && "bg-better-soft",
        line.kind === "removed" && "bg-worse-soft",
      )}
    >
      <span aria-hidden="true" className="mr-2 text-muted select-none">
        {signs[line.kind]}
      </span>
      {line.kind !== "same" && <span className="sr-only">{line.kind}: </span>}
      {line.words
        ? line.words.map((word, i) => (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: a diff is drawn once
              key={i}
              className={classNames(
                word.kind === "added" && "font-semibold text-better",
                word.kind === "removed" && "font-semibold text-worse",
              )}
            >
              {word.text}
            </span>
          ))
        : line.text}
    </span>
  );
}

const signs = { same: " ", added: "+", removed: "−" };

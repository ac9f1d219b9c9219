"use client";

import { Fragment, type ReactNode } from "react";
import { LongText } from "./long-text.tsx";
import { type Inline, type MarkdownBlock, parseMarkdown } from "./markdown.ts";
import { UntrustedImage } from "./untrusted-image.tsx";

export type TextFormat = "text" | "markdown";

/** Text of a message, as it is or as Markdown. React elements only: nothing in it can become HTML. */
export function MessageText({ text, format }: { text: string; format: TextFormat }) {
  return (
    <LongText text={text} limit={6000}>
      {(shown) =>
        format === "text" ? (
          <p className="break-words whitespace-pre-wrap">{shown}</p>
        ) : (
          <div className="flex flex-col gap-2 break-words">{parseMarkdown(shown).map(renderBlock)}</div>
        )
      }
    </LongText>
  );
}

function renderBlock(block: MarkdownBlock, index: number): ReactNode {
  switch (block.type) {
    case "heading":
      return (
        <p key={index} className="font-semibold">
          {block.content.map(renderInline)}
        </p>
      );
    case "quote":
      return (
        <blockquote key={index} className="border-l-2 border-border pl-3 whitespace-pre-line text-muted">
          {block.content.map(renderInline)}
        </blockquote>
      );
    case "code":
      return (
        <pre key={index} className="overflow-x-auto rounded-md bg-sunken px-3 py-2 text-xs leading-5">
          <code>{block.text}</code>
        </pre>
      );
    case "rule":
      return <hr key={index} className="border-border" />;
    case "list": {
      const items = block.items.map((item, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the items of a text never move
        <li key={place}>{item.map(renderInline)}</li>
      ));
      return block.isOrdered ? (
        <ol key={index} start={block.start} className="list-decimal pl-5">
          {items}
        </ol>
      ) : (
        <ul key={index} className="list-disc pl-5">
          {items}
        </ul>
      );
    }
    case "paragraph":
      return (
        <p key={index} className="whitespace-pre-line">
          {block.content.map(renderInline)}
        </p>
      );
  }
}

function renderInline(inline: Inline, index: number): ReactNode {
  switch (inline.type) {
    case "code":
      return (
        <code key={index} className="rounded-sm bg-sunken px-1 text-xs">
          {inline.text}
        </code>
      );
    case "strong":
      return <strong key={index}>{inline.text}</strong>;
    case "emphasis":
      return <em key={index}>{inline.text}</em>;
    case "link":
      return (
        <a
          key={index}
          href={inline.url}
          title={inline.url}
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="link"
        >
          {inline.text}
        </a>
      );
    case "image":
      return <UntrustedImage key={index} url={inline.url} label={inline.text} />;
    case "text":
      return <Fragment key={index}>{inline.text}</Fragment>;
  }
}

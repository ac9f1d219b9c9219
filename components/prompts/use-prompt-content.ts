"use client";

import { useCallback, useRef, useState } from "react";
import type { PromptContent, PromptMessage } from "#lib/prompts/schema.ts";

export type PromptEditing = {
  content: PromptContent;
  /** One stable key per message, so that an editor keeps its caret and undo history when messages move. */
  keys: readonly number[];
  change: (change: (content: PromptContent) => PromptContent) => void;
  changeMessage: (index: number, message: PromptMessage) => void;
  addMessage: (message: PromptMessage, at: number) => void;
  removeMessage: (index: number) => void;
  moveMessage: (from: number, to: number) => void;
  /** Replaces everything, as when a draft is discarded. */
  reset: (content: PromptContent) => void;
};

/** The content being edited. */
export function usePromptContent(initial: PromptContent): PromptEditing {
  const nextKey = useRef(0);
  const keysFor = (content: PromptContent) =>
    content.type === "chat" ? content.messages.map(() => nextKey.current++) : [nextKey.current++];
  const [state, setState] = useState(() => ({ content: initial, keys: keysFor(initial) }));

  const change = useCallback((edit: (content: PromptContent) => PromptContent) => {
    setState(({ content, keys }) => {
      const next = edit(content);
      const count = next.type === "chat" ? next.messages.length : 1;
      const more = Array.from({ length: Math.max(0, count - keys.length) }, () => nextKey.current++);
      return { content: next, keys: [...keys.slice(0, count), ...more] };
    });
  }, []);
  const reset = useCallback((content: PromptContent) => {
    const count = content.type === "chat" ? content.messages.length : 1;
    setState({ content, keys: Array.from({ length: count }, () => nextKey.current++) });
  }, []);

  const editMessages = (edit: <Item>(list: Item[], make: () => Item) => Item[], made?: PromptMessage) => {
    setState((before) => {
      if (before.content.type !== "chat") return before;
      const messages = edit<PromptMessage>([...before.content.messages], () => made!);
      const keys = edit<number>([...before.keys], () => nextKey.current++);
      return { content: { ...before.content, messages }, keys };
    });
  };

  return {
    ...state,
    change,
    changeMessage: (index, message) =>
      change((content) =>
        content.type === "chat" ? { ...content, messages: content.messages.with(index, message) } : content,
      ),
    addMessage: (message, at) => editMessages((list, make) => list.toSpliced(at, 0, make()), message),
    removeMessage: (index) => editMessages((list) => list.toSpliced(index, 1)),
    moveMessage: (from, to) => editMessages((list) => list.toSpliced(from, 1).toSpliced(to, 0, list[from]!)),
    reset,
  };
}

import {
  Binary,
  Bot,
  Box,
  Gavel,
  Link2,
  ListOrdered,
  type LucideIcon,
  MessageSquare,
  ScrollText,
  Search,
  ShieldCheck,
  Workflow,
  Wrench,
} from "lucide-react";
import type { Operation } from "#lib/traces/span.ts";

const icons: Record<Operation, LucideIcon> = {
  chat: MessageSquare,
  text_completion: MessageSquare,
  generate_content: MessageSquare,
  embeddings: Binary,
  rerank: ListOrdered,
  retrieval: Search,
  execute_tool: Wrench,
  create_agent: Bot,
  invoke_agent: Bot,
  invoke_workflow: Workflow,
  agent_step: Workflow,
  guardrail: ShieldCheck,
  evaluator: Gavel,
  prompt: ScrollText,
  chain: Link2,
  other: Box,
};

const names: Record<Operation, string> = {
  chat: "Chat",
  text_completion: "Text completion",
  generate_content: "Generate content",
  embeddings: "Embeddings",
  rerank: "Rerank",
  retrieval: "Retrieval",
  execute_tool: "Tool",
  create_agent: "Create agent",
  invoke_agent: "Agent",
  invoke_workflow: "Workflow",
  agent_step: "Agent step",
  guardrail: "Guardrail",
  evaluator: "Evaluator",
  prompt: "Prompt",
  chain: "Chain",
  other: "Other",
};

/** "execute_tool" → "Tool". */
export function operationName(operation: Operation): string {
  return names[operation];
}

/** What the span did, as a sign; its name for screen readers. */
export function OperationIcon({ operation, className }: { operation: Operation; className?: string }) {
  const Icon = icons[operation];
  return (
    <span title={names[operation]} className={`inline-flex shrink-0 ${className ?? ""}`}>
      <Icon aria-hidden="true" className="size-3.5" />
      <span className="sr-only">{names[operation]}</span>
    </span>
  );
}

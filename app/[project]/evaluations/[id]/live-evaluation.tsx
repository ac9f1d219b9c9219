"use client";

import type { ComponentProps } from "react";
import { EvaluationView } from "#components/evaluations/evaluation-view.tsx";
import { downloadText, toCsv } from "#components/ui/csv.ts";
import { showError } from "#components/ui/toast.tsx";
import type { EvaluationResult, Matrix } from "#lib/evaluations/schema.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { listGrid } from "../actions.ts";
import { resultTable } from "./result-table.ts";

type LiveEvaluationProps = Pick<
  ComponentProps<typeof EvaluationView>,
  "slug" | "initial" | "initialGrid" | "initialFilter" | "canWrite"
>;

const longestReadMs = 30_000;

/** Polls and cancels by the machine API: server actions wait for one another, so a slow one would hold these back. */
export function LiveEvaluation(props: LiveEvaluationProps) {
  const { slug, initial } = props;
  const { id, name } = initial.evaluation;
  const path = `/api/v1/evaluations/${id}`;

  async function read<Answer>(url: string): Promise<Answer | null> {
    const response = await fetch(url, {
      headers: { "x-stemma-project": slug },
      signal: AbortSignal.timeout(longestReadMs),
    });
    return response.ok ? response.json() : null;
  }

  async function cancel(): Promise<ActionResult<unknown>> {
    const response = await fetch(`${path}/cancel`, {
      method: "POST",
      headers: { "x-stemma-project": slug },
    });
    const body = await response.json();
    return response.ok ? { ok: true, data: body } : { ok: false, error: body.error };
  }

  async function exportResults() {
    const results: EvaluationResult[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query: URLSearchParams = new URLSearchParams({ limit: "1000", ...(cursor && { cursor }) });
      const page: { data: EvaluationResult[]; nextCursor: string | null } | null = await read(
        `${path}/results?${query}`,
      );
      if (!page) return showError("The results could not be read. Try again.");
      results.push(...page.data);
      cursor = page.nextCursor;
    }
    const { header, rows } = resultTable(initial.evaluation, results);
    downloadText(`${name}.csv`, "text/csv", toCsv(header, rows));
  }

  return (
    <EvaluationView
      {...props}
      onRead={(baselineId) => read<Matrix>(`${path}?baseline=${baselineId}`)}
      onLoadGrid={async (input) => {
        const page = await listGrid(slug, { id, ...input });
        return page.ok ? page.data : null;
      }}
      onCancel={cancel}
      onExport={exportResults}
    />
  );
}

"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { copyText } from "#components/ui/copy-text.ts";
import type { ReportJson } from "#lib/abtests/api-schema.ts";

/** The report as the API answers it, written out only when it is asked for. */
export function CopyReport({ report }: { report: ReportJson }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <Button size="sm" onClick={async () => setCopied(await copyText(JSON.stringify(report, null, 2)))}>
      {isCopied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
      {isCopied ? "Copied" : "Copy the report as JSON"}
    </Button>
  );
}

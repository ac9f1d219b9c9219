"use client";

import { Printer } from "lucide-react";
import { Button } from "#components/ui/button.tsx";

/** The whole report on paper or as a PDF: every part is in the page, so the browser's own print is enough. */
export function PrintButton() {
  return (
    <Button
      size="icon"
      variant="quiet"
      aria-label="Print the report"
      title="Print"
      onClick={() => window.print()}
    >
      <Printer aria-hidden="true" />
    </Button>
  );
}

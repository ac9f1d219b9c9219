"use client";

import { Tooltip } from "@base-ui/react/tooltip";
import { ThemeProvider as NextThemes } from "next-themes";
import type { ReactNode } from "react";

/** Light, dark or as the system says, kept in the browser; and the one delay that all tooltips share. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  return (
    <NextThemes
      attribute="class"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
      storageKey="stemma-theme"
    >
      <Tooltip.Provider delay={400}>{children}</Tooltip.Provider>
    </NextThemes>
  );
}

"use client";

import { useTheme } from "next-themes";
import { Toaster as Sonner, toast as sonner } from "sonner";

/** Mounted once in the root layout. */
export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      position="bottom-right"
      toastOptions={{
        classNames: {
          toast: "!rounded-lg !border !border-border !bg-surface !text-sm !text-text !shadow-lift !font-sans",
          description: "!text-muted",
          actionButton: "!bg-accent !text-on-accent",
        },
      }}
    />
  );
}

type ToastOptions = {
  description?: string;
  /** The way back: "Undo". */
  action?: { label: string; onClick: () => void };
};

/** Says briefly that something was done. */
export function showToast(message: string, options: ToastOptions = {}): void {
  sonner(message, options);
}

/** Says that something failed, and what to do. Stays longer than good news. */
export function showError(message: string, options: ToastOptions = {}): void {
  sonner.error(message, { ...options, duration: 8000 });
}

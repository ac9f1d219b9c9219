"use client";

import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";

type DialogProps = {
  title: ReactNode;
  description?: ReactNode;
  /** The element that opens it. Leave out when `isOpen` is controlled from elsewhere. */
  trigger?: ReactElement;
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  width?: "sm" | "md" | "lg" | "xl";
  /** Buttons at the bottom right; put `<DialogClose>` first and the action last. */
  footer?: ReactNode;
  children?: ReactNode;
};

/** A task in front of the page. Escape and a press outside close it; focus returns to where it was. */
export function Dialog({
  title,
  description,
  trigger,
  isOpen,
  onOpenChange,
  width = "md",
  footer,
  children,
}: DialogProps) {
  return (
    <BaseDialog.Root open={isOpen} onOpenChange={(open) => onOpenChange?.(open)}>
      {trigger && <BaseDialog.Trigger render={trigger} />}
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 min-h-dvh bg-shade transition-opacity duration-140 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <BaseDialog.Popup className={classNames(panelClass, widths[width])}>
          <header className="flex items-start gap-4 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <BaseDialog.Title className="text-base font-semibold">{title}</BaseDialog.Title>
              {description && (
                <BaseDialog.Description className="mt-0.5 text-sm text-muted">
                  {description}
                </BaseDialog.Description>
              )}
            </div>
            <BaseDialog.Close
              render={<Button variant="quiet" size="icon" aria-label="Close" className="-mt-1 -mr-2" />}
            >
              <X aria-hidden="true" />
            </BaseDialog.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-1">{children}</div>
          {footer && <footer className="flex flex-wrap justify-end gap-2 px-5 pt-3 pb-4">{footer}</footer>}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

/** The button that leaves a dialog without doing anything. */
export function DialogClose({ children = "Cancel" }: { children?: ReactNode }) {
  return <BaseDialog.Close render={<Button />}>{children}</BaseDialog.Close>;
}

const panelClass =
  "fixed top-[12dvh] left-1/2 z-50 flex max-h-[80dvh] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col rounded-lg border border-border bg-surface pb-1 text-text shadow-lift outline-hidden transition-[opacity,scale] duration-140 data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0";

const widths = { sm: "max-w-sm", md: "max-w-lg", lg: "max-w-3xl", xl: "max-w-6xl" };

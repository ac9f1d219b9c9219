"use client";

import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { Menu as MenuIcon, X } from "lucide-react";
import { usePathname } from "next/navigation";
import { type ReactNode, useState } from "react";
import { Button } from "../ui/button.tsx";

/** The navigation of narrow screens: slides in from the left, closes by itself once a page is chosen. */
export function MobileDrawer({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  const [openedAt, setOpenedAt] = useState<string | null>(null);
  return (
    <BaseDialog.Root
      open={openedAt === pathname}
      onOpenChange={(isOpen) => setOpenedAt(isOpen ? pathname : null)}
    >
      <BaseDialog.Trigger render={<Button variant="quiet" size="icon" aria-label="Open navigation" />}>
        <MenuIcon aria-hidden="true" />
      </BaseDialog.Trigger>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 min-h-dvh bg-shade transition-opacity duration-140 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <BaseDialog.Popup className="fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] flex-col border-r border-border bg-sunken p-3 outline-hidden transition-transform duration-140 data-ending-style:-translate-x-full data-starting-style:-translate-x-full">
          <BaseDialog.Title className="sr-only">Navigation</BaseDialog.Title>
          <BaseDialog.Close
            render={
              <Button variant="quiet" size="icon" aria-label="Close navigation" className="mb-1 self-end" />
            }
          >
            <X aria-hidden="true" />
          </BaseDialog.Close>
          {children}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

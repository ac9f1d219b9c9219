import type { ReactNode } from "react";
import { StemmaLogo } from "../shell/stemma-logo.tsx";

type AuthCardProps = { title: string; description?: ReactNode; isWide?: boolean; children: ReactNode };

/** The page around a form that comes before the product: a column, the sign, a heading. */
export function AuthCard({ title, description, isWide = false, children }: AuthCardProps) {
  return (
    <main
      className={`mx-auto flex w-full flex-col px-5 pt-[12dvh] pb-16 ${isWide ? "max-w-2xl" : "max-w-sm"}`}
    >
      <div className="mb-8 flex items-center gap-2 text-base font-semibold">
        <StemmaLogo className="size-6" />
        Stemma
      </div>
      <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
      {description && <div className="mt-1 text-sm text-muted">{description}</div>}
      <div className="mt-6">{children}</div>
    </main>
  );
}

import type { Metadata } from "next";
import type { ReactNode } from "react";
import { PageHeader } from "#components/ui/page-header.tsx";
import { TabNav } from "#components/ui/tab-nav.tsx";

export const metadata: Metadata = { title: "Settings" };

type SettingsLayoutProps = { params: Promise<{ project: string }>; children: ReactNode };

export default async function SettingsLayout({ params, children }: SettingsLayoutProps) {
  const base = `/${(await params).project}/settings`;
  return (
    <>
      <PageHeader title="Settings" />
      <TabNav
        label="Settings"
        items={[
          { href: `${base}/general`, label: "General" },
          { href: `${base}/members`, label: "Members" },
          { href: `${base}/api-keys`, label: "API keys" },
          { href: `${base}/labels`, label: "Labels" },
          { href: `${base}/prices`, label: "Prices" },
          { href: `${base}/webhooks`, label: "Webhooks" },
          { href: `${base}/scores`, label: "Scores" },
          { href: `${base}/audit`, label: "Audit log" },
        ]}
      />
      <div className="pt-6">{children}</div>
    </>
  );
}

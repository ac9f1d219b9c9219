import Link from "next/link";
import type { PromptUser } from "#lib/prompts/queries.ts";
import { Section } from "../ui/section.tsx";
import { LabelBadge } from "./label-badge.tsx";
import { promptHref } from "./prompt-href.ts";

type WhereUsedProps = { slug: string; users: readonly PromptUser[]; latestNumber: number };

/** The prompts that include this one, and the version of it that each is pinned to. */
export function WhereUsed({ slug, users, latestNumber }: WhereUsedProps) {
  if (users.length === 0) return null;
  return (
    <Section title="Included in">
      <ul className="flex flex-col divide-y divide-border">
        {users.map((user) => (
          <li
            key={`${user.name} ${user.number} ${user.reference}`}
            className="flex flex-wrap items-center gap-x-2 gap-y-1 py-2 text-sm first:pt-0"
          >
            <Link
              className="link min-w-0 break-words"
              prefetch={false}
              href={promptHref(slug, user.name, user.isLatest ? undefined : `version=${user.number}`)}
            >
              {user.name} v{user.number}
            </Link>
            {user.labels.map((label) => (
              <LabelBadge key={label} name={label} />
            ))}
            <span className="flex-1" />
            <span className={user.pinnedNumber < latestNumber ? "text-unresolved" : "text-muted"}>
              pins version {user.pinnedNumber}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

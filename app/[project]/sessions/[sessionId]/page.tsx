import Link from "next/link";
import { notFound } from "next/navigation";
import { ActorTotalsRow } from "#components/traces/actor-totals.tsx";
import { termText } from "#components/traces/filter-language.ts";
import { SessionTurns } from "#components/traces/session-turns.tsx";
import { sessionHref, tracesHref, userHref } from "#components/traces/span-links.ts";
import { previewTurn, type Turn, turnOf } from "#components/traces/turn.ts";
import { LinkButton } from "#components/ui/button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { type Context, hasScope } from "#lib/core/context.ts";
import { isAppError } from "#lib/core/errors.ts";
import { requirePage } from "#lib/http/page.ts";
import { listScoreDefinitions } from "#lib/scores/definitions.ts";
import { listScoreNames, listScores } from "#lib/scores/queries.ts";
import type { TraceSummary } from "#lib/traces/schema.ts";
import { type ActorTotals, findActor } from "#lib/traces/store/find-actor.ts";
import { findTrace } from "#lib/traces/store/find-trace.ts";
import { searchTraces } from "#lib/traces/store/search-traces.ts";
import { DeleteOfLeaf } from "../../traces/delete-of-leaf.tsx";
import { SessionScoresLeaf } from "./session-scores-leaf.tsx";

export const metadata = { title: "Session" };

type SessionPageProps = {
  params: Promise<{ project: string; sessionId: string }>;
  searchParams: Promise<{ cursor?: string | string[] }>;
};

const turnsPerPage = 50;
/** A turn of a longer trace would be read whole to show two messages of it. */
const readableSpans = 200;

export default async function SessionPage({ params, searchParams }: SessionPageProps) {
  const { project: projectSlug, sessionId: encoded } = await params;
  const sessionId = decodeURIComponent(encoded);
  const { ctx, project } = await requirePage(projectSlug);
  const cursor = [(await searchParams).cursor].flat()[0] ?? null;
  const [{ data: traces, nextCursor }, totals, scores, names, definitions] = await Promise.all([
    searchTraces(ctx, { filter: { sessionId }, sort: "oldest", limit: turnsPerPage, cursor }),
    findActor(ctx, { sessionId }).catch(nullWhereNone),
    listScores(ctx, { sessionId, limit: 200 }),
    listScoreNames(ctx),
    listScoreDefinitions(ctx),
  ]);
  if (traces.length === 0 || !totals) notFound();
  const turns = await Promise.all(traces.map(async (trace) => ({ trace, turn: await readTurn(ctx, trace) })));
  const users = [...new Set(traces.map((trace) => trace.userId).filter((userId) => userId !== null))];
  const base = sessionHref(project.slug, sessionId);

  return (
    <>
      <PageHeader
        title={sessionId}
        crumbs={[
          { label: "Traces", href: `/${project.slug}/traces` },
          { label: "Sessions", href: `/${project.slug}/sessions` },
        ]}
        description={
          <>
            {users.length === 0
              ? "One conversation, turn by turn."
              : `${users.length === 1 ? "User" : "Users"} `}
            {users.map((userId, index) => (
              <span key={userId}>
                {index > 0 && ", "}
                <Link className="link" href={userHref(project.slug, userId)}>
                  {userId}
                </Link>
              </span>
            ))}
          </>
        }
        actions={
          <>
            <LinkButton href={tracesHref(project.slug, termText("session", ":", sessionId))}>
              Show as list
            </LinkButton>
            {hasScope(ctx, "admin") && (
              <DeleteOfLeaf slug={project.slug} of={{ sessionId }} backHref={`/${project.slug}/sessions`} />
            )}
          </>
        }
      />
      <ActorTotalsRow kind="session" totals={totals} />
      <SessionTurns slug={project.slug} turns={turns} />
      <nav aria-label="Pages" className="flex gap-2">
        {cursor && <LinkButton href={base}>From the beginning</LinkButton>}
        {nextCursor && (
          <LinkButton href={`${base}?cursor=${encodeURIComponent(nextCursor)}`}>Later turns</LinkButton>
        )}
      </nav>
      <div className="pt-6">
        <Section title="Scores of this session">
          <SessionScoresLeaf
            slug={project.slug}
            sessionId={sessionId}
            actorId={ctx.actor.id}
            scores={scores.data}
            names={names}
            definitions={definitions}
            mayScore={hasScope(ctx, "scores:write")}
          />
        </Section>
      </div>
    </>
  );
}

async function readTurn(ctx: Context, trace: TraceSummary): Promise<Turn | null> {
  if (trace.spanCount > readableSpans) return previewTurn(trace);
  return turnOf((await findTrace(ctx, trace.traceId)).spans);
}

function nullWhereNone(error: unknown): ActorTotals | null {
  if (isAppError(error) && error.code === "not_found") return null;
  throw error;
}

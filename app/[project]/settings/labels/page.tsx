import { ProtectedLabels } from "#components/settings/protected-labels.tsx";
import { Section } from "#components/ui/section.tsx";
import { hasScope } from "#lib/core/context.ts";
import { requirePage } from "#lib/http/page.ts";
import { listPromptFacets } from "#lib/prompts/list-prompts.ts";
import { listProtected } from "#lib/registry/protect-label.ts";
import { protectLabel, unprotectLabel } from "../actions.ts";

export default async function LabelsPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  const [rules, facets] = await Promise.all([listProtected(ctx), listPromptFacets(ctx)]);
  return (
    <Section
      title="Protected labels"
      description="Who may move a label, in every prompt and by every way: these pages, the API, the command line. An API key counts as an editor, with the scope admin as an admin."
    >
      <ProtectedLabels
        rules={rules}
        labels={facets.labels}
        canManage={hasScope(ctx, "admin")}
        onProtect={protectLabel.bind(null, project.slug)}
        onUnprotect={unprotectLabel.bind(null, project.slug)}
      />
    </Section>
  );
}

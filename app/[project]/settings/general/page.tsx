import { GeneralForm } from "#components/settings/general-form.tsx";
import { CopyId } from "#components/ui/copy-id.tsx";
import { DescriptionList } from "#components/ui/description-list.tsx";
import { Section } from "#components/ui/section.tsx";
import { hasScope } from "#lib/core/context.ts";
import { publicOrigin } from "#lib/env.ts";
import { requirePage } from "#lib/http/page.ts";
import { updateProject } from "../actions.ts";

export default async function GeneralPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project, role } = await requirePage((await params).project);
  return (
    <>
      <Section title="Project">
        <GeneralForm
          initial={{ name: project.name, retentionDays: project.retentionDays }}
          isReadOnly={!hasScope(ctx, "admin")}
          onSave={updateProject.bind(null, project.slug)}
        />
      </Section>
      <Section title="About">
        <DescriptionList
          items={[
            { term: "Address", value: `${publicOrigin()}/${project.slug}` },
            { term: "Project id", value: <CopyId id={project.id} shown={36} label="project id" /> },
            { term: "Your role", value: role },
          ]}
        />
      </Section>
    </>
  );
}

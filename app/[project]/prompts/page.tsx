import { NewPromptDialog } from "#components/prompts/new-prompt-dialog.tsx";
import { folderCrumbs } from "#components/prompts/prompt-href.ts";
import { type PromptListFilter, PromptTable } from "#components/prompts/prompt-table.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { type Context, hasScope } from "#lib/core/context.ts";
import { publicOrigin } from "#lib/env.ts";
import { requirePage } from "#lib/http/page.ts";
import { listFolder, listPromptFacets, listPrompts } from "#lib/prompts/list-prompts.ts";
import { savePromptVersion } from "./actions.ts";

export const metadata = { title: "Prompts" };

type PromptsPageProps = {
  params: Promise<{ project: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function PromptsPage({ params, searchParams }: PromptsPageProps) {
  const { ctx, project } = await requirePage((await params).project);
  const query = await searchParams;
  const filter = {
    folder: text(query.folder),
    q: text(query.q),
    label: text(query.label),
    tag: text(query.tag),
    archived: text(query.archived),
  };
  const isFlat = filter.q !== "" || filter.label !== "" || filter.tag !== "" || filter.archived !== "";
  const { folder } = filter;
  const [listed, facets] = await Promise.all([
    isFlat ? search(ctx, filter) : listFolder(ctx, { folder, limit }),
    listPromptFacets(ctx),
  ]);
  const { folders } = listed;
  const isEmpty = !isFlat && folder === "" && folders.length === 0 && listed.data.length === 0;
  const newPrompt = hasScope(ctx, "prompts:write") && (
    <NewPromptDialog
      slug={project.slug}
      folder={folder}
      onCreate={savePromptVersion.bind(null, project.slug)}
    />
  );
  return (
    <>
      <PageHeader
        title={folder ? folder.split("/").at(-1) : "Prompts"}
        crumbs={folder ? folderCrumbs(project.slug, folder) : undefined}
        description={
          folder ? undefined : "Versioned templates with everything that decides how they are sampled."
        }
        actions={isEmpty ? undefined : newPrompt}
      />
      {isEmpty ? (
        <EmptyState
          title="Write the first prompt"
          actions={newPrompt}
          snippet={<CodeBlock code={snippetOf(publicOrigin())} label="Save a version with curl" />}
        >
          A prompt is a name and its immutable, numbered versions. Labels such as <code>production</code> say
          which version is served, and every trace tells which one answered. Write one here, or save one from
          your code with an API key that has <code>prompts:write</code> (Settings, API keys).
        </EmptyState>
      ) : (
        <PromptTable
          slug={project.slug}
          prompts={listed.data}
          folders={folders}
          filter={filter}
          facets={facets}
        />
      )}
    </>
  );
}

async function search(ctx: Context, { folder, q, label, tag, archived }: PromptListFilter) {
  const isArchived = archived === "true";
  return { folders: [], ...(await listPrompts(ctx, { folder, search: q, label, tag, isArchived, limit })) };
}

const limit = 1000;

function text(value: string | string[] | undefined): string {
  return typeof value === "string" ? value : "";
}

function snippetOf(origin: string): string {
  return `export STEMMA_SECRET_KEY=sk-stemma-…

curl ${origin}/api/v1/prompts \\
  -H "Authorization: Bearer $STEMMA_SECRET_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "geography/capital",
    "labels": ["production"],
    "message": "First version",
    "content": {
      "type": "chat",
      "messages": [
        { "role": "system", "content": "Answer with the name alone." },
        { "role": "user", "content": "What is the capital of {{country}}?" }
      ],
      "variables": [{ "name": "country", "example": "Peru" }],
      "parameters": { "temperature": 0 }
    }
  }'`;
}

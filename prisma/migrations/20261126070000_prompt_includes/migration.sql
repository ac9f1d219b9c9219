-- A content was one JSON string inside jsonb, because jsonb reorders members and the order of a schema's properties
-- matters. The type json keeps its text as it was written.
ALTER TABLE "prompt_version" ALTER COLUMN "content" TYPE JSON USING
  CASE WHEN jsonb_typeof("content") = 'string' THEN ("content" #>> '{}')::json ELSE "content"::text::json END;
ALTER TABLE "prompt_draft" ALTER COLUMN "content" TYPE JSON USING
  CASE WHEN jsonb_typeof("content") = 'string' THEN ("content" #>> '{}')::json ELSE "content"::text::json END;

-- CreateTable
CREATE TABLE "prompt_include" (
    "version_id" UUID NOT NULL,
    "reference" TEXT NOT NULL,
    "project_id" UUID NOT NULL,
    "included_prompt_id" UUID NOT NULL,
    "included_version_id" UUID NOT NULL,

    CONSTRAINT "prompt_include_pkey" PRIMARY KEY ("version_id","reference")
);

-- CreateIndex
CREATE INDEX "prompt_include_project_id_included_prompt_id_idx" ON "prompt_include"("project_id", "included_prompt_id");

-- AddForeignKey
ALTER TABLE "prompt_include" ADD CONSTRAINT "prompt_include_version_id_fkey" FOREIGN KEY ("version_id") REFERENCES "prompt_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateTable
CREATE TABLE "prompt_variable_set" (
    "prompt_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "project_id" UUID NOT NULL,
    "values" JSON NOT NULL,
    "author_name" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "prompt_variable_set_pkey" PRIMARY KEY ("prompt_id","name")
);

-- CreateTable
CREATE TABLE "prompt_image" (
    "project_id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "author_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "prompt_image_pkey" PRIMARY KEY ("project_id","digest")
);

-- AddForeignKey
ALTER TABLE "prompt_variable_set" ADD CONSTRAINT "prompt_variable_set_prompt_id_fkey" FOREIGN KEY ("prompt_id") REFERENCES "prompt"("id") ON DELETE CASCADE ON UPDATE CASCADE;

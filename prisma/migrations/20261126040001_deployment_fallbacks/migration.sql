ALTER TABLE "deployment"
  ADD COLUMN "retries" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "fallback_model_version_ids" UUID[] DEFAULT ARRAY[]::UUID[];

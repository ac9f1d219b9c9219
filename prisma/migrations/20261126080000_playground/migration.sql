-- CreateTable
CREATE TABLE "playground_setup" (
    "project_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "setup" TEXT NOT NULL,
    "cells" JSONB NOT NULL DEFAULT '{}',
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "playground_setup_pkey" PRIMARY KEY ("project_id","user_id")
);

-- Deletions that take longer than a request, with how far they are.
create table "trace_deletion" (
  "id" uuid not null,
  "project_id" uuid not null,
  "forget" jsonb,
  "kind" text not null,
  "total" integer not null,
  "deleted" integer not null default 0,
  "status" text not null default 'running',
  "error" text,
  "actor_type" text not null,
  "actor_id" text not null,
  "actor_name" text not null,
  "created_at" timestamptz(3) not null default current_timestamp,
  "finished_at" timestamptz(3),
  constraint "trace_deletion_pkey" primary key ("id")
);
create index "trace_deletion_project_id_created_at_idx" on "trace_deletion"("project_id", "created_at" desc);

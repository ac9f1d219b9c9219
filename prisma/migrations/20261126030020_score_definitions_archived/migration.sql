alter table "score_definition" add column "archived_at" timestamptz(3);

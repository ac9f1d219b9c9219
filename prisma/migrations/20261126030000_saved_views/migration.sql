-- A saved view is one person's until it is shared, so two people may use one name; each may open a list with one.
alter table "saved_view" add column "is_shared" boolean not null default false;
alter table "saved_view" add column "updated_at" timestamptz(3) not null default now();
alter table "saved_view" alter column "updated_at" drop default;
update "saved_view" set "is_shared" = true, "owner_id" = '' where "owner_id" is null;
alter table "saved_view" alter column "owner_id" set not null;
drop index "saved_view_project_id_page_name_key";
create unique index "saved_view_project_id_page_owner_id_name_key" on "saved_view"("project_id", "page", "owner_id", "name");

create table "default_view" (
  "project_id" uuid not null,
  "user_id" text not null,
  "page" text not null,
  "view_id" uuid not null,
  constraint "default_view_pkey" primary key ("project_id", "user_id", "page")
);
create index "default_view_view_id_idx" on "default_view"("view_id");
alter table "default_view" add constraint "default_view_view_id_fkey" foreign key ("view_id")
  references "saved_view"("id") on delete cascade on update cascade;

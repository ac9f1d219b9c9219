import { InviteDialog } from "#components/settings/invite-dialog.tsx";
import { Section } from "#components/ui/section.tsx";
import { hasScope } from "#lib/core/context.ts";
import { requirePage } from "#lib/http/page.ts";
import { listMembers } from "#lib/projects/members.ts";
import { inviteMember } from "../actions.ts";
import { Invitations } from "./invitations.tsx";
import { Members } from "./members.tsx";

export default async function MembersPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project, role, user } = await requirePage((await params).project);
  const { members, invitations } = await listMembers(ctx);
  const canManage = hasScope(ctx, "admin");
  return (
    <>
      <Section
        title="Members"
        actions={
          canManage && (
            <InviteDialog
              canInviteOwners={role === "owner"}
              onInvite={inviteMember.bind(null, project.slug)}
            />
          )
        }
      >
        <Members
          slug={project.slug}
          projectName={project.name}
          ownUserId={user.id}
          canManage={canManage}
          canManageOwners={role === "owner"}
          members={members.map((member) => ({ ...member, since: member.since.toISOString() }))}
        />
      </Section>
      {invitations.length > 0 && (
        <Section title="Open invitations" description="Each link works once, until it expires.">
          <Invitations
            slug={project.slug}
            canManage={canManage}
            invitations={invitations.map((each) => ({ ...each, expiresAt: each.expiresAt.toISOString() }))}
          />
        </Section>
      )}
    </>
  );
}

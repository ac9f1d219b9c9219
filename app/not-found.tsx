import { AuthCard } from "#components/auth/auth-card.tsx";
import { LinkButton } from "#components/ui/button.tsx";

export default function NotFound() {
  return (
    <AuthCard
      title="There is nothing at this address"
      description="It may have been deleted or renamed, or belong to a project that you are not a member of."
    >
      <LinkButton href="/">Go to your project</LinkButton>
    </AuthCard>
  );
}

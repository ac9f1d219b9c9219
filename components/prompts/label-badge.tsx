import { Lock } from "lucide-react";
import { Badge } from "../ui/badge.tsx";

/** A movable label; `production` stands out, since that is what is served. */
export function LabelBadge({ name, isProtected }: { name: string; isProtected?: boolean }) {
  return (
    <Badge
      tone={name === "production" ? "accent" : "outline"}
      icon={isProtected ? <Lock aria-label="protected" /> : undefined}
      className="max-w-32 truncate"
    >
      {name}
    </Badge>
  );
}

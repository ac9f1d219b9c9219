import type { CandidateView } from "#lib/evaluations/schema.ts";
import { VariantMark } from "../charts/variant-mark.tsx";
import { Badge } from "../ui/badge.tsx";

type CandidateNameProps = { candidate: CandidateView; index: number; promptPath?: (name: string) => string };

/** A candidate's sign, prompt version and model version. */
export function CandidateName({ candidate, index, promptPath }: CandidateNameProps) {
  const prompt = `${candidate.promptName} v${candidate.promptNumber}`;
  const parameters = Object.entries(candidate.parameters);
  return (
    <div className="flex min-w-0 items-start gap-2">
      <VariantMark index={index} className="mt-px shrink-0" />
      <div className="min-w-0">
        <div className="font-medium break-words">
          {promptPath ? (
            <a className="hover:underline" href={promptPath(candidate.promptName)}>
              {prompt}
            </a>
          ) : (
            prompt
          )}
        </div>
        <div className="text-xs break-words text-muted">
          {candidate.modelName} v{candidate.modelNumber}
          {candidate.isSimulated && (
            <Badge tone="simulated" className="ml-1.5" title="Answers come from the rehearsal provider.">
              Simulated
            </Badge>
          )}
        </div>
        {parameters.length > 0 && (
          <div className="font-mono text-xs break-words text-muted">
            {parameters.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(" ")}
          </div>
        )}
      </div>
    </div>
  );
}

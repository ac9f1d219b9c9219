"use client";

import { TriangleAlert } from "lucide-react";
import { CopyButton } from "../ui/copy-button.tsx";

type KeyRevealProps = { publicKey: string; secretKey: string };

/** A new API key, the only time its secret can be seen. */
export function KeyReveal({ publicKey, secretKey }: KeyRevealProps) {
  return (
    <div className="flex flex-col gap-3">
      <dl className="flex flex-col gap-2">
        <KeyLine term="Secret key" value={secretKey} />
        <KeyLine term="Public key" value={publicKey} />
      </dl>
      <p className="flex items-start gap-2 text-xs text-muted">
        <TriangleAlert className="mt-px size-3.5 shrink-0" aria-hidden="true" />
        Copy the secret now: only its fingerprint is stored, so it cannot be shown again. Clients send it as{" "}
        “Authorization: Bearer”; the public key is the user name where a client wants Basic authentication.
      </p>
    </div>
  );
}

function KeyLine({ term, value }: { term: string; value: string }) {
  return (
    <div>
      <dt className="text-xs text-muted">{term}</dt>
      <dd className="flex items-center gap-1 rounded-md bg-sunken pl-3">
        <code className="min-w-0 flex-1 py-2 text-xs break-all">{value}</code>
        <CopyButton text={value} label={`Copy ${term.toLowerCase()}`} />
      </dd>
    </div>
  );
}

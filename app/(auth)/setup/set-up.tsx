"use client";

import { useState } from "react";
import { AuthCard } from "#components/auth/auth-card.tsx";
import { firstTraceSnippets } from "#components/auth/first-trace-snippets.ts";
import { KeyReveal } from "#components/auth/key-reveal.tsx";
import { SetupForm } from "#components/auth/setup-form.tsx";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { signIn } from "../auth-client.ts";
import { makeOwner } from "./actions.ts";

type Made = { slug: string; publicKey: string; secretKey: string };

/** The form, then the keys it made: on one page, because the secret is shown this once. */
export function SetUp({ origin }: { origin: string }) {
  const [made, setMade] = useState<Made | null>(null);

  if (!made) {
    return (
      <AuthCard title="Set up Stemma" description="You become the owner. Everything stays on this server.">
        <SetupForm
          onSetUp={makeOwner}
          onDone={async (data, input) => {
            await signIn(input.email, input.password);
            setMade(data);
          }}
        />
      </AuthCard>
    );
  }
  return (
    <AuthCard
      isWide
      title="Your first API key"
      description="It may do everything in the project. Narrower keys are made in settings."
    >
      <div className="flex flex-col gap-8">
        <KeyReveal publicKey={made.publicKey} secretKey={made.secretKey} />
        <section>
          <h2 className="mb-2 text-base font-semibold">Send a first trace</h2>
          <CodeBlock code={firstTraceSnippets(origin, made.secretKey)} />
        </section>
        <Button
          variant="primary"
          className="self-start"
          onClick={() => window.location.assign(`/${made.slug}`)}
        >
          Open the project
        </Button>
      </div>
    </AuthCard>
  );
}

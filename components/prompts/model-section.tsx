"use client";

import Link from "next/link";
import { memo } from "react";
import type { ModelVersion } from "#lib/models/schema.ts";
import { Field } from "../ui/field.tsx";
import { Section } from "../ui/section.tsx";
import { Select } from "../ui/select.tsx";

type ModelSectionProps = {
  slug: string;
  models: readonly ModelVersion[];
  modelVersionId: string | null;
  isReadOnly: boolean;
  onChange: (modelVersionId: string | null) => void;
};

/** The model version a prompt is written for. */
export const ModelSection = memo(function ModelSection(props: ModelSectionProps) {
  const { slug, models, modelVersionId, isReadOnly, onChange } = props;
  return (
    <Section
      title="Model"
      description="The model version this prompt is written for; whoever runs it may choose another."
    >
      <Field label="Default model version" isLabelHidden className="max-w-sm">
        <Select
          options={[
            { value: "none", label: "None" },
            ...models.map((each) => ({
              value: each.id,
              label: `${each.model.name} v${each.number}`,
              hint: `${each.providerModel} on ${each.connection.name}${each.connection.isSimulated ? ", simulated" : ""}`,
            })),
          ]}
          value={modelVersionId ?? "none"}
          isDisabled={isReadOnly}
          onValueChange={(id) => onChange(id === "none" ? null : id)}
        />
      </Field>
      {models.length === 0 && (
        <p className="mt-2 text-sm text-muted">
          No model is registered yet.{" "}
          <Link href={`/${slug}/models`} className="link">
            Register one
          </Link>
        </p>
      )}
    </Section>
  );
});

"use client";

import { Field as BaseField } from "@base-ui/react/field";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

type FieldProps = {
  label: ReactNode;
  /** Form field name; also the name that a server's issue path may carry. */
  name?: string;
  description?: ReactNode;
  /** What is wrong and what to do. Replaces nothing: the description stays readable. */
  error?: string | null;
  isOptional?: boolean;
  /** Keeps the label for screen readers only, where the place already says it. */
  isLabelHidden?: boolean;
  className?: string;
  children: ReactNode;
};

/** A labelled control: give it one Input, Textarea, Select, Switch or Checkbox as its child. */
export function Field({
  label,
  name,
  description,
  error,
  isOptional,
  isLabelHidden,
  className,
  children,
}: FieldProps) {
  return (
    <BaseField.Root
      name={name}
      invalid={Boolean(error)}
      className={classNames("flex min-w-0 flex-col gap-1", className)}
    >
      <BaseField.Label className={isLabelHidden ? "sr-only" : "text-sm font-medium text-text"}>
        {label}
        {isOptional && <span className="font-normal text-muted"> (optional)</span>}
      </BaseField.Label>
      {children}
      {description && (
        <BaseField.Description className="text-xs text-muted">{description}</BaseField.Description>
      )}
      <BaseField.Error match={Boolean(error)} className="text-xs text-harm">
        {error}
      </BaseField.Error>
    </BaseField.Root>
  );
}

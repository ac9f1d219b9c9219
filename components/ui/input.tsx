"use client";

import { Input as BaseInput } from "@base-ui/react/input";
import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

type InputProps = Omit<ComponentProps<typeof BaseInput>, "className"> & {
  /** Sets the monospace face, for ids, names and numbers that are read digit by digit. */
  isCode?: boolean;
  className?: string;
};

/** One line of text. Inside a `Field` it takes the label, the description and the error by itself. */
export function Input({ isCode = false, className, ...props }: InputProps) {
  return (
    <BaseInput
      {...props}
      className={classNames(controlClass, "h-8 px-2.5", isCode && "font-mono", className)}
    />
  );
}

/** The look shared by text controls: hairline, accent when focused, harm when invalid. Touch screens get 16 px, or iOS zooms in. */
export const controlClass =
  "w-full min-w-0 rounded-md border border-border bg-surface text-sm text-text transition-colors pointer-coarse:text-[16px] hover:border-border-strong focus:border-accent focus:outline-1 focus:-outline-offset-1 focus:outline-accent data-invalid:border-harm aria-invalid:border-harm disabled:opacity-55 data-disabled:opacity-55";

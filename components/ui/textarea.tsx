"use client";

import { Field } from "@base-ui/react/field";
import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";
import { controlClass } from "./input.tsx";

type TextareaProps = ComponentProps<"textarea"> & { isCode?: boolean };

/** Several lines of text; grows with its content up to `rows` × 3. Inside a `Field` it takes label and error by itself. */
export function Textarea({ isCode = false, rows = 4, className, style, ...props }: TextareaProps) {
  return (
    <Field.Control
      render={
        <textarea
          {...props}
          rows={rows}
          style={{ maxHeight: `${rows * 3 * 1.25 + 1}rem`, ...style }}
          className={classNames(
            controlClass,
            "field-sizing-content px-2.5 py-1.5",
            isCode && "font-mono",
            className,
          )}
        />
      }
    />
  );
}

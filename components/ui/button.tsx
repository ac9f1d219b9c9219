"use client";

import { Button as BaseButton } from "@base-ui/react/button";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names.ts";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "sm" | "md" | "icon";

type ButtonProps = Omit<ComponentProps<typeof BaseButton>, "className"> & {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** Shows work in progress: the button stays focusable, says `aria-busy` and takes no second press. */
  isPending?: boolean;
  className?: string;
};

/** An action. Its text is a verb that says what will happen. An icon button needs `aria-label`. */
export function Button({
  variant = "secondary",
  size = "md",
  isPending = false,
  className,
  disabled,
  children,
  ...props
}: ButtonProps) {
  return (
    <BaseButton
      {...props}
      disabled={disabled || isPending}
      focusableWhenDisabled={isPending}
      aria-busy={isPending || undefined}
      className={buttonClass(variant, size, className)}
    >
      {isPending && <Spinner />}
      {children}
    </BaseButton>
  );
}

type LinkButtonProps = Omit<ComponentProps<typeof Link>, "className"> & {
  variant?: ButtonVariant;
  size?: ButtonSize;
  className?: string;
  children: ReactNode;
};

/** A link that looks like a button: for going somewhere, where `Button` is for doing something. */
export function LinkButton({ variant = "secondary", size = "md", className, ...props }: LinkButtonProps) {
  return <Link {...props} className={buttonClass(variant, size, className)} />;
}

function Spinner() {
  return (
    <svg viewBox="0 0 16 16" className="size-3.5 shrink-0 animate-spin" aria-hidden="true">
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeOpacity="0.3" strokeWidth="2" />
      <path d="M8 2a6 6 0 0 1 6 6" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}

function buttonClass(variant: ButtonVariant, size: ButtonSize, className?: string) {
  return classNames(shared, looks[variant], sizes[size], className);
}

const shared =
  "inline-flex shrink-0 cursor-default items-center justify-center gap-1.5 rounded-md border text-sm font-medium whitespace-nowrap select-none transition-colors data-disabled:opacity-55 data-disabled:pointer-events-none [&_svg]:size-4 [&_svg]:shrink-0";

const looks: Record<ButtonVariant, string> = {
  primary: "border-transparent bg-accent text-on-accent hover:bg-accent-hover",
  secondary: "border-border bg-surface text-text hover:bg-hover data-popup-open:bg-hover",
  quiet: "border-transparent text-muted hover:bg-hover hover:text-text data-popup-open:bg-hover",
  danger: "border-border bg-surface text-harm hover:bg-harm-soft hover:border-harm",
};

const sizes: Record<ButtonSize, string> = {
  sm: "h-7 px-2",
  md: "h-8 px-3",
  icon: "size-8 pointer-coarse:size-10",
};

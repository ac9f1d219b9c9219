import Link from "next/link";
import type { ReactNode } from "react";
import type { StemmaNode } from "./stemma-layout.ts";
import { VariantGlyph } from "./variant-mark.tsx";

/** A node's circle, or its variant's shape; filled for the current one. */
export function NodeMark({ node }: { node: StemmaNode }) {
  if (node.variantIndex !== undefined) return <VariantGlyph index={node.variantIndex} radius={4.5} />;
  return (
    <circle
      r={node.isCurrent ? 5 : 4}
      fill={node.isCurrent ? "var(--accent)" : "var(--bg)"}
      stroke={node.isCurrent ? "var(--accent)" : "var(--border-strong)"}
      strokeWidth={1.5}
    />
  );
}

/** A node's words, leading to what it stands for. */
export function NodeLink({
  node,
  className,
  children,
}: {
  node: StemmaNode;
  className: string;
  children: ReactNode;
}) {
  const title = [node.kind, node.label, node.detail].filter(Boolean).join(" · ");
  if (!node.href) {
    return (
      <span className={className} title={title}>
        {children}
      </span>
    );
  }
  return (
    <Link
      href={node.href}
      title={title}
      aria-current={node.isCurrent ? "true" : undefined}
      prefetch={false}
      className={className}
    >
      {children}
    </Link>
  );
}

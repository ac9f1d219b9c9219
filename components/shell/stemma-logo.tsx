/** The sign of the product: three descendants of one text. */
export function StemmaLogo({ className = "size-5" }: { className?: string }) {
  return (
    <svg viewBox="0 0 20 20" className={className} aria-hidden="true">
      <g fill="none" stroke="currentColor" strokeWidth="1.4">
        <path d="M10 5v3.5M10 8.5c0 3-6 2-6 5.5M10 8.5V14M10 8.5c0 3 6 2 6 5.5" />
      </g>
      <circle cx="10" cy="3.5" r="2" fill="var(--accent)" />
      <circle cx="4" cy="15.5" r="1.8" fill="currentColor" />
      <circle cx="10" cy="15.5" r="1.8" fill="currentColor" />
      <circle cx="16" cy="15.5" r="1.8" fill="currentColor" />
    </svg>
  );
}

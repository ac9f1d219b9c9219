/** The parts of the page, to jump to; it stays in sight while one reads. */
export function ReportNav({ parts }: { parts: readonly { id: string; label: string }[] }) {
  return (
    <nav
      aria-label="Parts of the report"
      className="sticky top-12 z-10 -mx-1 overflow-x-auto bg-bg px-1 [scrollbar-width:none] md:top-0"
      data-print="hide"
    >
      <ul className="flex gap-4 text-xs whitespace-nowrap text-muted">
        {parts.map(({ id, label }) => (
          <li key={id}>
            <a href={`#${id}`} className="block py-2 hover:text-text">
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

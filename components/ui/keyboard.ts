/**
 * Whether a key pressed now is a shortcut of the page and not text, a modified key, or a key for the dialog in front.
 */
export function isPageKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
    return false;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input, textarea, select, [contenteditable=true], [role=menu], [role=listbox]"))
    return false;
  return document.querySelector("[role=dialog], [role=alertdialog]") === null;
}

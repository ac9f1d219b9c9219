/** What keeps a name from being a tool's among others; undefined if nothing does. */
export function faultOfToolName(name: string, others: readonly string[]): string | undefined {
  if (name === "") return "Give the tool a name.";
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
    return `“${name}” cannot be a tool's name: use up to 64 letters, digits, _ and -.`;
  }
  return others.includes(name) ? `Two tools are named “${name}”.` : undefined;
}

/** Progress as a person at the terminal sees it: one line a step, a bar where there is something to count. */
export type Terminal = {
  step(text: string): void;
  note(text: string): void;
  bar(text: string, done: number, total: number): void;
};

export function makeTerminal(output: NodeJS.WriteStream = process.stdout): Terminal {
  let lastShare = -1;
  const width = 28;
  return {
    step(text) {
      lastShare = -1;
      output.write(`\n● ${text}\n`);
    },
    note(text) {
      output.write(`  ${text}\n`);
    },
    bar(text, done, total) {
      const share = total === 0 ? 1 : done / total;
      const filled = Math.round(share * width);
      const line = `  ${"█".repeat(filled)}${"·".repeat(width - filled)} ${done}/${total} ${text}`;
      if (output.isTTY) output.write(`\r${line}${done >= total ? "\n" : ""}`);
      else if (done >= total || Math.floor(share * 4) > lastShare) output.write(`${line}\n`);
      lastShare = Math.floor(share * 4);
    },
  };
}

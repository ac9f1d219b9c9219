import { readdirSync } from "node:fs";
import { cpus, totalmem } from "node:os";

/**
 * `npm run -s bench -- NAME [options] --json`: runs `e2e/bench/NAME.bench.ts`. Tells on stderr what machine it ran
 * on and what it does; its last line on stdout is one JSON object.
 */
const [name = "", ...options] = process.argv.slice(2);
const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => file.replace(".bench.ts", ""));
if (!known.includes(name)) {
  console.error(`Which bench? One of: ${known.join(", ")}.`);
  process.exit(2);
}

const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
console.error(`bench ${name} on ${machine}, Node ${process.version}`);

const { run } = (await import(`./${name}.bench.ts`)) as { run: (options: string[]) => Promise<object> };
console.log(JSON.stringify(await run(options)));
process.exit(0);

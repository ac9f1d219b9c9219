import { type CrashResult, crash } from "./crash.ts";

/** SIGKILLs under load and what was lost by them: 100, or `--kills=N`; `--seed=N`. */
export async function run(options: string[]): Promise<CrashResult> {
  const numberOf = (name: string, otherwise: number) =>
    Number(options.find((option) => option.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise);
  return await crash({
    kills: numberOf("kills", 100),
    seed: numberOf("seed", Date.now() & 0xffffff),
    onKill: (kill) => {
      if (kill % 10 === 0) console.error(`killed ${kill} times`);
    },
  });
}

import { createTwoFilesPatch } from "diff";
import type { Send } from "#lib/client/connection.ts";
import { type Folder, isModified } from "./folder.ts";
import { filesOf, readServer } from "./server-prompts.ts";

export type Difference = { path: string; side: "here" | "server" | "both"; patch: string };

/** What differs between the folder and the server, file by file; `patch` leads from the server's text to this one. */
export async function diff(send: Send, folder: Folder): Promise<Difference[]> {
  const server = await readServer(send);
  const theirs = new Map([...server.values()].flatMap((prompt) => [...filesOf(prompt)]));
  const ours = new Map(folder.files.map((file) => [file.path, file]));
  const paths = [...new Set([...theirs.keys(), ...ours.keys()])].sort();
  return paths.flatMap((path): Difference[] => {
    const local = ours.get(path);
    const text = theirs.get(path);
    if (local?.text === text) return [];
    const patch = createTwoFilesPatch(
      text === undefined ? "/dev/null" : `server/${path}`,
      local === undefined ? "/dev/null" : path,
      text ?? "",
      local?.text ?? "",
    );
    return [{ path, side: sideOf(), patch: patch.replace(/^=+\n/, "") }];

    function sideOf(): Difference["side"] {
      if (!local) return "server";
      const seen = folder.seen[local.name];
      if (!isModified(local, seen)) return "server";
      const now = server.get(local.name)?.seen;
      if (!seen) return now ? "both" : "here";
      return now?.latest === seen.latest ? "here" : "both";
    }
  });
}

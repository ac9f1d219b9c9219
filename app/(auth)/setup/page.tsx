import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { connection } from "next/server";
import { publicOrigin } from "#lib/env.ts";
import { isSetUp } from "#lib/projects/set-up.ts";
import { SetUp } from "./set-up.tsx";

export const metadata: Metadata = { title: "Set up" };

export default async function SetUpPage() {
  await connection();
  if (await isSetUp()) redirect("/");
  return <SetUp origin={publicOrigin()} />;
}

import { redirect } from "next/navigation";

export default async function SettingsPage({ params }: { params: Promise<{ project: string }> }) {
  redirect(`/${(await params).project}/settings/general`);
}

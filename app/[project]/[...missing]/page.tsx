import { notFound } from "next/navigation";

/** Any address of a project that no other page has: the project's own 404, with its frame. */
export default function MissingPage() {
  notFound();
}

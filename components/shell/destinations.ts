import {
  Activity,
  Boxes,
  Database,
  FlaskConical,
  House,
  type LucideIcon,
  Rocket,
  ScrollText,
  Settings,
  Split,
  SquareTerminal,
} from "lucide-react";

export type Destination = {
  label: string;
  /** Below the project's path; empty for its home. */
  path: string;
  icon: LucideIcon;
  /** Pressed after g. */
  key: string;
  /** Leaves a gap above it: a new group. */
  startsGroup?: boolean;
};

/** The places of a project, in the order of the navigation. */
export const destinations: readonly Destination[] = [
  { label: "Home", path: "", icon: House, key: "h" },
  { label: "Prompts", path: "prompts", icon: ScrollText, key: "p", startsGroup: true },
  { label: "Playground", path: "playground", icon: SquareTerminal, key: "y" },
  { label: "Datasets", path: "datasets", icon: Database, key: "d" },
  { label: "Evaluations", path: "evaluations", icon: FlaskConical, key: "e" },
  { label: "A/B tests", path: "ab-tests", icon: Split, key: "a", startsGroup: true },
  { label: "Deployments", path: "deployments", icon: Rocket, key: "l" },
  { label: "Traces", path: "traces", icon: Activity, key: "t" },
  { label: "Models", path: "models", icon: Boxes, key: "m", startsGroup: true },
  { label: "Settings", path: "settings", icon: Settings, key: "s" },
];

/** The URL of a place, or of anything else below a project. */
export function projectPath(slug: string, path: string): string {
  return path === "" ? `/${slug}` : `/${slug}/${path}`;
}

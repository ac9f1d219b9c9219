/** What the start form can choose from. Pure types. */
export type DatasetChoice = { versionId: string; label: string; itemCount: number };
export type PromptChoice = {
  name: string;
  versions: { id: string; number: number; labels: string[]; message: string }[];
};
export type ModelChoice = { id: string; label: string; hint: string; isSimulated: boolean };

/** What a person can put right: its message is printed as it is, and the command ends with 2. */
export class CliError extends Error {
  override readonly name = "CliError";
}

/** What can be wrong with a template, as one type for the save, the editor's lint and the compiled result. */
export type TemplateProblem = {
  code: ProblemCode;
  /** An error refuses the save (or makes the compiled prompt unfit to send); a warning only tells. */
  severity: "error" | "warning";
  /** One sentence that says what to do. */
  message: string;
  /** Where, as zod paths say it: `text`, `messages.2.content`, `messages.0.content.1.text`, `variables.3`. */
  path: string;
  /** UTF-16 offsets in the text at `path`; both 0 where the problem is of the whole. */
  from: number;
  to: number;
  /** The variable, section, placeholder or include it is about. */
  name?: string;
};

export type ProblemCode =
  | "unclosed_tag"
  | "unclosed_section"
  | "unopened_section"
  | "crossed_section"
  | "nested_too_deep"
  | "invalid_name"
  | "delimiter_change"
  | "unknown_include"
  | "wrong_include"
  | "circular_include"
  | "include_too_deep"
  | "undefined_variable"
  | "unused_variable"
  | "shadowed_variable"
  | "duplicate_variable"
  | "wrong_type"
  | "missing_variable"
  | "missing_placeholder"
  | "unknown_variable";

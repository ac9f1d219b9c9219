"use client";

import { Keyboard } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { Menu, MenuCheckbox, MenuGroup } from "../ui/menu.tsx";
import type { KeyboardStyle } from "./prompt-sources.tsx";

export type EditorView = "form" | "yaml" | "json" | "blame";

type EditorToolbarProps = {
  view: EditorView;
  /** A text that is no content yet cannot be left: it would be lost. */
  isLocked: boolean;
  keyboard: KeyboardStyle;
  onView: (view: EditorView) => void;
  onKeyboard: (keyboard: KeyboardStyle) => void;
};

/** How the version is shown, and whose keys its editors answer to. */
export function EditorToolbar({ view, isLocked, keyboard, onView, onKeyboard }: EditorToolbarProps) {
  return (
    <div className="mb-3 flex items-center gap-1">
      <fieldset className="flex gap-1">
        <legend className="sr-only">View</legend>
        {(["form", "yaml", "json", "blame"] as const).map((each) => (
          <Button
            key={each}
            size="sm"
            variant={view === each ? "secondary" : "quiet"}
            aria-pressed={view === each}
            disabled={isLocked && view !== each}
            title={isLocked && view !== each ? "Mend the text first" : undefined}
            onClick={() => onView(each)}
          >
            {names[each]}
          </Button>
        ))}
      </fieldset>
      <span className="flex-1" />
      <Menu
        align="end"
        trigger={
          <Button size="sm" variant="quiet" aria-label={`Keys: ${keys[keyboard]}`}>
            <Keyboard aria-hidden="true" />
            {keyboard !== "plain" && keys[keyboard]}
          </Button>
        }
      >
        <MenuGroup label="Keys of the text editors">
          {(["plain", "vim", "emacs"] as const).map((each) => (
            <MenuCheckbox key={each} isChecked={keyboard === each} onCheckedChange={() => onKeyboard(each)}>
              {keys[each]}
            </MenuCheckbox>
          ))}
        </MenuGroup>
      </Menu>
    </div>
  );
}

const names: Record<EditorView, string> = { form: "Form", yaml: "YAML", json: "JSON", blame: "Blame" };
const keys: Record<KeyboardStyle, string> = { plain: "Standard", vim: "Vim", emacs: "Emacs" };

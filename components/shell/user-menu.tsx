"use client";

import { Keyboard, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { Button } from "../ui/button.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { Menu, MenuCheckbox, MenuGroup, MenuItem, MenuSeparator } from "../ui/menu.tsx";

export type ShellUser = { name: string; email: string };

type UserMenuProps = { user: ShellUser; onShowShortcuts: () => void; onSignOut: () => void };

/** Who is signed in; theme, shortcuts and the way out. */
export function UserMenu({ user, onShowShortcuts, onSignOut }: UserMenuProps) {
  const { theme, setTheme } = useTheme();
  return (
    <Menu
      side="top"
      className="min-w-56"
      trigger={
        <Button variant="quiet" className="h-9 min-w-0 flex-1 justify-start px-2 text-text">
          <span
            aria-hidden="true"
            className="inline-flex size-5 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
          >
            {user.name.slice(0, 1).toUpperCase()}
          </span>
          <span className="truncate font-normal">{user.name}</span>
          <span className="sr-only">, account menu</span>
        </Button>
      }
    >
      <MenuGroup label={user.email}>
        <MenuItem onSelect={onShowShortcuts} icon={<Keyboard aria-hidden="true" />} end={<Kbd>?</Kbd>}>
          Keyboard shortcuts
        </MenuItem>
      </MenuGroup>
      <MenuSeparator />
      <MenuGroup label="Theme">
        {themes.map(({ value, label, icon: Icon }) => (
          <MenuCheckbox key={value} isChecked={theme === value} onCheckedChange={() => setTheme(value)}>
            <span className="flex items-center gap-2">
              <Icon aria-hidden="true" />
              {label}
            </span>
          </MenuCheckbox>
        ))}
      </MenuGroup>
      <MenuSeparator />
      <MenuItem onSelect={onSignOut} icon={<LogOut aria-hidden="true" />}>
        Sign out
      </MenuItem>
    </Menu>
  );
}

const themes = [
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
  { value: "system", label: "As the system", icon: Monitor },
] as const;

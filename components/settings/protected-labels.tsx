"use client";

import { LockOpen } from "lucide-react";
import { useState } from "react";
import type { Role } from "#lib/core/context.ts";
import type { ActionResult } from "#lib/http/action.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Field } from "../ui/field.tsx";
import { FormError } from "../ui/form-error.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { Table, Td, Th } from "../ui/table.tsx";
import { showError, showToast } from "../ui/toast.tsx";
import { useSubmit } from "../ui/use-submit.ts";

type MoverRole = "editor" | "admin" | "owner";

type ProtectedLabelsProps = {
  rules: readonly { name: string; role: Role }[];
  /** Labels in use, to choose from. */
  labels: readonly string[];
  canManage: boolean;
  onProtect: (input: { name: string; role: MoverRole }) => Promise<ActionResult<unknown>>;
  onUnprotect: (input: { name: string }) => Promise<ActionResult<unknown>>;
};

/** The labels that not everyone may move, and who may. */
export function ProtectedLabels({ rules, labels, canManage, onProtect, onUnprotect }: ProtectedLabelsProps) {
  const isProductionOpen = !rules.some((rule) => rule.name === "production");
  const [name, setName] = useState(isProductionOpen ? "production" : "");
  const [role, setRole] = useState<MoverRole>("admin");
  const { submit, isPending, error, issueOf } = useSubmit(onProtect, () => {
    showToast(`${name} is protected`);
    setName("");
  });

  async function change(label: string, next: MoverRole) {
    const result = await onProtect({ name: label, role: next });
    if (result.ok) showToast(`${label} may be moved by ${who[next]}`);
    else showError(result.error.message);
  }

  async function unprotect(rule: { name: string; role: Role }) {
    const result = await onUnprotect({ name: rule.name });
    if (!result.ok) return showError(result.error.message);
    showToast(`Every editor may move ${rule.name} now`, {
      action: { label: "Undo", onClick: () => void change(rule.name, rule.role as MoverRole) },
    });
  }

  return (
    <div className="flex flex-col gap-6">
      {rules.length === 0 ? (
        <EmptyState title="No label is protected">
          Every editor may move every label. Protect <code>production</code>, and only those you name decide
          what is served.
        </EmptyState>
      ) : (
        <Table label="Protected labels" className="max-w-2xl">
          <thead>
            <tr>
              <Th>Label</Th>
              <Th className="w-56">May be moved by</Th>
              {canManage && (
                <Th className="w-24">
                  <span className="sr-only">Actions</span>
                </Th>
              )}
            </tr>
          </thead>
          <tbody>
            {rules.map((rule) => (
              <tr key={rule.name}>
                <Td>
                  <code>{rule.name}</code>
                </Td>
                <Td>
                  {canManage ? (
                    <Select
                      aria-label={`Who may move ${rule.name}`}
                      options={options}
                      value={rule.role as MoverRole}
                      onValueChange={(next) => change(rule.name, next)}
                    />
                  ) : (
                    who[rule.role as MoverRole]
                  )}
                </Td>
                {canManage && (
                  <Td>
                    <Button size="sm" variant="quiet" onClick={() => unprotect(rule)}>
                      <LockOpen aria-hidden="true" />
                      Unprotect
                    </Button>
                  </Td>
                )}
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {canManage && (
        <form
          className="flex max-w-2xl flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            void submit({ name, role });
          }}
        >
          <Field label="Label" className="min-w-40 flex-1" error={issueOf("name")}>
            <Input isCode list="labels-in-use" value={name} onValueChange={setName} />
          </Field>
          <datalist id="labels-in-use">
            {labels.map((label) => (
              <option key={label} value={label} />
            ))}
          </datalist>
          <Field label="May be moved by" className="min-w-48">
            <Select options={options} value={role} onValueChange={setRole} />
          </Field>
          <Button type="submit" variant="primary" isPending={isPending} disabled={name.trim() === ""}>
            Protect label
          </Button>
          <FormError>{error}</FormError>
        </form>
      )}
    </div>
  );
}

const who: Record<MoverRole, string> = {
  editor: "editors, admins and owners",
  admin: "admins and owners",
  owner: "owners",
};

const options = (["editor", "admin", "owner"] as const).map((value) => ({
  value,
  label: who[value][0]!.toUpperCase() + who[value].slice(1),
}));

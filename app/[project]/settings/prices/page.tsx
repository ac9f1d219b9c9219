import { PriceDialog } from "#components/settings/price-dialog.tsx";
import { PricesTable } from "#components/settings/prices-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { hasScope } from "#lib/core/context.ts";
import { requirePage } from "#lib/http/page.ts";
import { priceTable, priceTableVersion } from "#lib/models/price-table.ts";
import { listPrices } from "#lib/models/prices.ts";
import { removePrice, setPrice } from "./actions.ts";

export default async function PricesPage({ params }: { params: Promise<{ project: string }> }) {
  const { ctx, project } = await requirePage((await params).project);
  const own = await listPrices(ctx);
  const canManage = hasScope(ctx, "models:write");
  const rows = own.map((price) => ({
    id: price.id,
    model: price.pattern,
    from: price.validFrom.startsWith("1970-") ? null : price.validFrom,
    input: price.inputPerMillion,
    cachedInput: price.cachedInputPerMillion,
    cacheWrite: price.cacheWritePerMillion,
    output: price.outputPerMillion,
    reasoning: price.reasoningPerMillion,
  }));
  const listed = priceTable.map((row) => ({
    id: null,
    model: row.model,
    from: row.from.startsWith("2020-") ? null : row.from,
    input: row.input,
    cachedInput: row.cachedInput ?? null,
    cacheWrite: row.cacheWrite ?? null,
    output: row.output,
    reasoning: row.reasoning ?? null,
  }));
  return (
    <div className="flex flex-col gap-8">
      <Section
        title="This project's prices"
        description="US dollars per million tokens. They win over the list below, from their day on, for calls stored after you save; costs already stored do not change."
        actions={canManage && <PriceDialog onSave={setPrice.bind(null, project.slug)} />}
      >
        {rows.length === 0 ? (
          <EmptyState title="No prices of your own">
            Add one where you pay otherwise than the list says, or for a model that is not in it.
          </EmptyState>
        ) : (
          <PricesTable
            label="This project's prices"
            rows={rows}
            onSave={canManage ? setPrice.bind(null, project.slug) : null}
            onDelete={canManage ? removePrice.bind(null, project.slug) : null}
          />
        )}
      </Section>
      <Section
        title="List prices"
        description={`US dollars per million tokens: the providers' public prices as reviewed on ${priceTableVersion}. A model that is in neither list costs "unknown", never 0.`}
      >
        <PricesTable label="List prices" rows={listed} onSave={null} onDelete={null} />
      </Section>
    </div>
  );
}

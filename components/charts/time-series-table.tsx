import { exactTime } from "../ui/format.ts";
import { Table, Td, Th } from "../ui/table.tsx";
import { cellText, type Series } from "./series.ts";

type TimeSeriesTableProps = {
  title: string;
  times: readonly number[];
  series: readonly Series[];
  format: (value: number) => string;
  height: number;
};

/** The numbers of a time series, newest first, in the height of its plot. */
export function TimeSeriesTable({ title, times, series, format, height }: TimeSeriesTableProps) {
  return (
    <div className="overflow-y-auto" style={{ height }}>
      <Table label={title}>
        <thead>
          <tr>
            <Th>Time (UTC)</Th>
            {series.map((each) => (
              <Th key={each.id} isNumeric>
                {each.label}
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times
            .map((time, index) => (
              <tr key={time}>
                <Td>{exactTime(new Date(time))}</Td>
                {series.map((each) => (
                  <Td key={each.id} isNumeric>
                    {cellText(each.values[index], format)}
                  </Td>
                ))}
              </tr>
            ))
            .reverse()}
        </tbody>
      </Table>
    </div>
  );
}

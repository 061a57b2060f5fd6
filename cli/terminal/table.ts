import { styleText } from "node:util";
import Table from "cli-table3";
import stringWidth from "string-width";

/** A part of a frame that is not drawn. */
const NO_FRAME = Object.fromEntries(
  [
    ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
    ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
  ].map((part) => [part, ""]),
);

/** Blanks between two columns. */
const GAP = 2;

/** The library takes the square of the time for twice the rows. */
const ROWS_AT_ONCE = 100;

/**
 * Columns under their titles, without a frame, so that lines can be copied and searched.
 * @param none What is said when there are no rows.
 */
export function table(titles: readonly string[], rows: readonly (readonly string[])[], none = ""): string {
  if (rows.length === 0) return none;
  const all = [titles.map((title) => styleText("bold", title)), ...rows];
  const colWidths = titles.map((_, column) =>
    all.reduce((width, row) => Math.max(width, widthOf(row[column] ?? "") + GAP), 0),
  );
  const parts = Array.from({ length: Math.ceil(all.length / ROWS_AT_ONCE) }, (_, index) => {
    const made = new Table({
      chars: NO_FRAME,
      colWidths,
      style: { head: [], border: [], "padding-left": 0, "padding-right": GAP },
    });
    made.push(...all.slice(index * ROWS_AT_ONCE, (index + 1) * ROWS_AT_ONCE).map((row) => [...row]));
    return made.toString();
  });
  return parts
    .join("\n")
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Columns of the terminal that a cell takes: those of its widest line. */
const widthOf = (cell: string): number => Math.max(...cell.split("\n").map(stringWidth));

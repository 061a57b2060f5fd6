import { styleText } from "node:util";
import Table from "cli-table3";

/** A part of a frame that is not drawn. */
const NO_FRAME = Object.fromEntries(
  [
    ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
    ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
  ].map((part) => [part, ""]),
);

/**
 * Columns under their titles, without a frame, so that lines can be copied and searched.
 * @param none What is said when there are no rows.
 */
export function table(titles: readonly string[], rows: readonly (readonly string[])[], none = ""): string {
  if (rows.length === 0) return none;
  const made = new Table({
    chars: NO_FRAME,
    head: titles.map((title) => styleText("bold", title)),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
  });
  // One by one: as many arguments as a long log has events are too many for a call.
  for (const row of rows) made.push([...row]);
  return made
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

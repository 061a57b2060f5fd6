import { Lexer } from "yaml";

/** The parser recurses, and ends at some hundred levels. A policy file has seven. */
const MAX_DEPTH = 50;

/** Whether blocks or brackets are nested deeper than any policy file is. Takes no more than a look at each token. */
export function isTooDeep(text: string): boolean {
  let brackets = 0;
  let dashes = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") brackets += 1;
    else if (token === "]" || token === "}") brackets -= 1;
    else if (token === "-" || token === "?") dashes += 1;
    else if (/^[\r\n]/.test(token)) dashes = 0;
    // Blocks that are nested from line to line are indented by a column a level, at least.
    else if (dashes === 0 && brackets === 0 && /^ +$/.test(token) && token.length > 8 * MAX_DEPTH) return true;
    if (brackets + dashes > MAX_DEPTH) return true;
  }
  return false;
}

import { pathToFileURL } from "node:url";
import { startChromium } from "./chromium.js";

/** What Chromium shows of a report: its rows, points in time and bars of pools, and what it says of it in the console. */
export async function shownIn(
  file: string,
): Promise<{ rows: number; hasPoints: boolean; bars: number; said: readonly string[] }> {
  const browser = await startChromium();
  try {
    const page = await browser.newPage();
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    await page.goto(pathToFileURL(file).href);
    const rows = await page.getByRole("rowheader").count();
    const points = await page.locator("svg.timeline circle").count();
    const bars = await page.locator("svg.bar").count();
    return { rows, hasPoints: points > 0, bars, said };
  } finally {
    await browser.close();
  }
}

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { reportPage } from "../../cli/report/page.js";
import { HOSTILE_NAMES, sampleModel } from "../support/report-sample.js";
import { startChromium } from "./harness/chromium.js";

/** Widths in CSS pixels: a desk, and a small phone. */
const WIDTHS = { desk: 1280, phone: 360 } as const;
const THEMES = ["light", "dark"] as const;

describe("a report in Chromium", () => {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-lvm-report-"));
  const address = pathToFileURL(join(directory, "report.html")).href;
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(join(directory, "report.html"), reportPage(sampleModel));
    browser = await startChromium();
  });
  afterAll(() => browser?.close());

  /** Opens the report without a network, and notes what it says and asks for. */
  async function open(width: number, colorScheme: (typeof THEMES)[number]) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, offline: true });
    const page = await context.newPage();
    const said: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    page.on("dialog", (dialog) => said.push(dialog.message()));
    page.on("request", (request) => requests.push(request.url()));
    page.on("websocket", (socket) => requests.push(socket.url()));
    await page.goto(address);
    await page.waitForLoadState("networkidle");
    return { page, said, requests, close: () => context.close() };
  }

  describe.each(THEMES)("in %s", (theme) => {
    test.each(Object.entries(WIDTHS))("at a %s it says nothing, asks for nothing and fits", async (name, width) => {
      const { page, said, requests, close } = await open(width, theme);
      await page.screenshot({ path: join(directory, `report-${name}-${theme}.png`), fullPage: true });
      // Unfolded tables must fit as well.
      await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
      expect(await overflowing(page)).toEqual([]);
      expect(said).toEqual([]);
      expect(requests).toEqual([address]);
      await close();
    });

    test("its text stands out from its ground", async () => {
      const { page, close } = await open(WIDTHS.desk, theme);
      expect(await faintTexts(page)).toEqual([]);
      await close();
    });
  });

  test("both themes are there", async () => {
    const grounds = await Promise.all(
      THEMES.map(async (theme) => {
        const { page, close } = await open(WIDTHS.desk, theme);
        const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
        await close();
        return ground;
      }),
    );
    expect(grounds[0]).not.toBe(grounds[1]);
  });

  test("hostile names are text", async () => {
    const { page, close } = await open(WIDTHS.desk, "light");
    expect(await page.locator("script, img, iframe, object, [onload], [onerror], a[href]").count()).toBe(0);
    expect(await page.title()).toBe("Backups of acme/infra/prod");
    const texts = await page.locator("tbody th strong").allTextContents();
    for (const name of HOSTILE_NAMES) expect(texts).toContain(name.replaceAll("\u202e", "\ufffd"));
    await close();
  });

  test("a screen reader finds the headings, the tables by their captions and the pictures by their words", async () => {
    const { page, close } = await open(WIDTHS.phone, "light");
    const names = (role: "heading" | "table" | "img") => page.getByRole(role).all();
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    expect(await page.getByRole("table", { name: "Volumes on db1 and their backups" }).count()).toBe(1);
    const rows = page.getByRole("table", { name: "Volumes on db1 and their backups" }).getByRole("rowheader");
    expect(await rows.count()).toBe(4);
    expect((await names("img")).length).toBeGreaterThan(10);
    expect(await page.locator("svg[role=img]:not([aria-label])").count()).toBe(0);
    expect(await page.locator("svg:not([role=img]):not([aria-hidden=true])").count()).toBe(0);
    await close();
  });
});

/** What is wider than the page, by its tag and class. */
function overflowing(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const width = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll("body *")].filter((each) =>
      !each.closest("thead") && !["title", "circle", "line", "text"].includes(each.tagName) && each.getBoundingClientRect().right > width + 0.5);
    const page = document.documentElement.scrollWidth > width ? ["the page scrolls"] : [];
    return [...page, ...wide.map((each) => each.tagName + "." + each.getAttribute("class"))];
  })()`);
}

/** Texts with a contrast below 4.5 : 1 (WCAG 2.1, 1.4.3). */
function faintTexts(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const channels = (color) => color.match(/[\\d.]+/g).map(Number);
    const luminance = (color) => channels(color).slice(0, 3).map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
    const groundOf = (element) => {
      for (let each = element; each; each = each.parentElement) {
        const ground = getComputedStyle(each).backgroundColor;
        if (channels(ground)[3] !== 0) return ground;
      }
      return "rgb(255, 255, 255)";
    };
    const texts = [...document.querySelectorAll("body *")].filter((each) =>
      [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "") && each.tagName !== "title");
    return texts.flatMap((each) => {
      const style = getComputedStyle(each);
      const color = each.closest("svg") ? style.fill : style.color;
      const [light, dark] = [luminance(color), luminance(groundOf(each))].sort((a, b) => b - a);
      const contrast = (light + 0.05) / (dark + 0.05);
      return contrast < 4.5 ? [each.textContent.slice(0, 40) + ": " + contrast.toFixed(2)] : [];
    });
  })()`);
}

import { reportPage } from "../../../../cli/report/page.js";
import { HOSTILE_NAMES, sampleModel } from "../../../support/report-sample.js";
import { NOW } from "../backup-samples.js";

const page = reportPage(sampleModel);

describe("reportPage", () => {
  test("lets nothing be loaded, run or sent, and names no other place", () => {
    const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
    expect(page.replaceAll("&#39;", "'")).toContain(`<meta http-equiv="Content-Security-Policy" content="${policy}">`);
    expect(page).not.toMatch(/<(?:script|img|iframe|object|embed|link|form|a|base)\b/);
    expect(page).not.toMatch(/\b(?:src|href|srcset|action|style|on[a-z]+)="[^"]/);
    expect(page).not.toMatch(/url\(|@import/);
  });

  test("shows every name as text", () => {
    for (const name of HOSTILE_NAMES) expect(page).not.toContain(name);
    expect(page).toContain("&lt;script&gt;document.title = &quot;run&quot;&lt;/script&gt;");
  });

  test("says what it is about and of when it is", () => {
    expect(page).toContain("<title>Backups of acme/infra/prod</title>");
    expect(page).toContain('<time datetime="2026-11-23T12:00:00.000Z">23 Nov 2026, 12:00 UTC</time>');
    expect(page).toContain("9 problems need attention");
  });

  test("is a page for a stack with nothing too", () => {
    const empty = reportPage({ stack: "", generatedAt: NOW, problems: [], withoutPolicy: [], hosts: [] });
    expect(empty).toContain("Nothing needs attention");
    expect(empty).toContain("The stack has no hosts");
    expect(empty).not.toContain("What needs attention");
  });
});

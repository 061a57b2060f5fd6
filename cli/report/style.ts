/**
 * The page's looks. Colours are pairs for light and dark with a contrast of at least 4.5 : 1 for text on their ground (WCAG 2.1, 1.4.3);
 * none of them says anything that a word beside it does not. Below 46rem a row of a table becomes a card.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f7f7f5; --card: #ffffff; --text: #1d2024; --muted: #5a616b; --line: #dfe1e4; --track: #e6e8eb;
  --bad: #a8231a; --bad-ground: #fdf1ef; --warn: #7d5200; --good: #1b6a3f; --info: #1d5a9c; --mark: #33475b; --fresh: #dcebe2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #121417; --card: #1a1d21; --text: #e9eaec; --muted: #a3aab4; --line: #2d3238; --track: #33393f;
    --bad: #ff9387; --bad-ground: #2a1a19; --warn: #f0bd62; --good: #7ed3a0; --info: #93c0f6; --mark: #b9c9da; --fresh: #1f3629;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--text); font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
main, header, footer { max-width: 68rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); }
header { padding-top: clamp(1.5rem, 5vw, 3rem); }
h1, h2, h3 { line-height: 1.25; margin: 0; font-weight: 650; }
h1 { font-size: clamp(1.375rem, 4.5vw, 1.875rem); letter-spacing: -0.015em; }
h2 { font-size: 1.1875rem; letter-spacing: -0.01em; margin: 3rem 0 1rem; }
h3 { font-size: 0.9375rem; }
p { margin: 0; }
small, .muted { color: var(--muted); font-size: 0.8125rem; }
.kicker { color: var(--muted); font-size: 0.8125rem; font-weight: 600; }
.verdict { font-size: 1.0625rem; font-weight: 600; margin-top: 1.25rem; }
.bad { color: var(--bad); } .warn { color: var(--warn); } .good { color: var(--good); } .info { color: var(--info); }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1px; margin: 1.25rem 0 0; padding: 0;
  background: var(--line); border: 1px solid var(--line); border-radius: 0.5rem; overflow: hidden; }
.figures div { background: var(--card); padding: 0.875rem 1rem; min-width: 0; }
.figures dt { color: var(--muted); font-size: 0.8125rem; }
.figures dd { margin: 0; }
.figures .value { font-size: 1.375rem; font-weight: 600; letter-spacing: -0.01em; line-height: 1.35; }

.problems { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.625rem; }
.problems li { background: var(--bad-ground); border-left: 3px solid var(--bad); border-radius: 0.25rem; padding: 0.75rem 1rem; }
.problems div + div { margin-top: 0.75rem; }
.problems p { margin-top: 0.25rem; max-width: 62rem; }
.problems .next::before { content: "Next: "; font-weight: 600; }

.host { background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; margin-top: 1.25rem; padding: 1.125rem 1.25rem 0.25rem; }
.host > h3 { font-size: 1.0625rem; }
.pools { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: 1rem 2rem; margin: 1rem 0 0.5rem; }
figure { margin: 0; min-width: 0; }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
svg { display: block; width: 100%; overflow: visible; }
svg text { fill: var(--muted); font-size: 0.6875rem; }
.bar { height: 8px; margin: 0.375rem 0; }
.track { fill: var(--track); } .fill { fill: var(--mark); } .fill-bad { fill: var(--bad); }
.history { height: 28px; margin-top: 0.625rem; }
.history path { fill: none; stroke: var(--mark); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.history .axis { stroke: var(--line); stroke-width: 1; }
.since { display: flex; justify-content: space-between; font-size: 0.75rem; }

table { border-collapse: collapse; width: 100%; margin-top: 1rem; }
caption { text-align: left; color: var(--muted); font-size: 0.8125rem; padding-bottom: 0.375rem; }
th, td { text-align: left; vertical-align: top; padding: 0.625rem 1rem 0.625rem 0; font-weight: 400; }
thead th { color: var(--muted); font-size: 0.8125rem; padding: 0.375rem 1rem 0.375rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
tbody th strong { font-weight: 600; }
td small, th small { display: block; }
.volumes tbody + tbody { border-top: 1px solid var(--line); }
.volumes { table-layout: fixed; }
.volumes thead th:nth-child(1) { width: 24%; } .volumes thead th:nth-child(2) { width: 15%; } .volumes thead th:nth-child(3) { width: 15%; }
.volumes thead th:nth-child(4) { width: 14%; } .volumes thead th:nth-child(5) { width: 13%; }
.volumes .points { padding: 0 0 1rem; }
.label { display: none; }
.state { font-weight: 600; display: flex; gap: 0.375em; } .state .mark { flex: none; }
.meter { height: 4px; max-width: 8rem; margin-top: 0.375rem; }

.timeline { height: 44px; }
.axis { stroke: var(--line); } .fresh { fill: var(--fresh); }
.point { fill: var(--card); stroke: var(--mark); stroke-width: 1.5; } .point.verified { fill: var(--mark); stroke: var(--card); stroke-width: 1; }
details { margin-top: 0.25rem; font-size: 0.8125rem; }
summary { cursor: pointer; color: var(--muted); }
details table { margin-top: 0.375rem; }
details th, details td { padding: 0.25rem 1rem 0.25rem 0; min-width: 0; font-size: 0.8125rem; }
details thead th { border: 0; }
code { font: 0.8125rem ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
:focus-visible { outline: 2px solid var(--info); outline-offset: 2px; }

.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 0; padding: 0; list-style: none; color: var(--muted); font-size: 0.8125rem; }
.legend svg { display: inline-block; width: 14px; height: 14px; vertical-align: -2px; margin-right: 0.375rem; }
footer { color: var(--muted); font-size: 0.8125rem; padding-top: 2rem; padding-bottom: 3rem; }

@media (max-width: 46rem) {
  .host { padding: 1rem 1rem 0.25rem; }
  .volumes, .volumes tbody { display: block; }
  .volumes caption { display: block; }
  .volumes > thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .volumes > tbody > tr { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .volumes > tbody { padding: 0.375rem 0; }
  .volumes > tbody:first-of-type { border-top: 1px solid var(--line); }
  .volumes > tbody > tr > th, .volumes > tbody > tr > td { display: block; min-width: 0; padding: 0.375rem 0.5rem 0.375rem 0; }
  .volumes > tbody > tr > th, .volumes > tbody > tr > td:nth-child(6), .volumes > tbody > tr > .points { grid-column: 1 / -1; }
  .volumes > tbody > tr > .absent { display: none; }
  .label { display: block; color: var(--muted); font-size: 0.75rem; }
  .meter { max-width: none; }
  .list > thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .list, .list > tbody, .list > caption, .list > tbody > tr > td { display: block; padding: 0; }
  .list > tbody > tr { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: 0.375rem 0; border-top: 1px solid var(--line); }
}
@media print { body { background: none; } .host, .problems li { break-inside: avoid; } }
`;

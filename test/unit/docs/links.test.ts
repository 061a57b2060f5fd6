import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type Page, pages, repository } from "./pages";

interface Link {
  readonly from: string;
  readonly target: string;
}

const withoutCode = (text: string): string => text.replace(/^```.*?^```/gms, "").replace(/`[^`]*`/g, "code");

const links: Link[] = pages.flatMap(({ path, text }) =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({ from: path, target })),
);
const inside = links.filter(({ target }) => !/^[a-z]+:/.test(target));

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const anchorsIn = (text: string): string[] =>
  [...text.replace(/^```.*?^```/gms, "").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));

const resolve = ({ from, target }: Link) => {
  const [file = "", anchor] = target.split("#");
  return { path: file === "" ? from : relative(repository, join(repository, dirname(from), file)), anchor };
};

test("each link leads to a file, and to a heading in it", () => {
  expect(inside.length).toBeGreaterThan(20);
  const broken = inside.filter((link) => {
    const { path, anchor } = resolve(link);
    if (!existsSync(join(repository, path))) return true;
    return anchor !== undefined && !anchorsIn(readFileSync(join(repository, path), "utf8")).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test("a page of the tarball links to nothing outside of it", () => {
  const { files } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { files: string[] };
  const isPacked = (path: string): boolean => files.some((each) => path === each || path.startsWith(`${each}/`));
  expect(inside.filter((link) => isPacked(link.from) && !isPacked(resolve(link).path))).toEqual([]);
});

test("the README says once which Node.js, and it is the one of package.json", () => {
  const { engines } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
    engines: { node: string };
  };
  const { text } = pages.find(({ path }) => path === "README.md") as Page;
  expect([...text.matchAll(/Node(?:\.js)? (\d+(?:\.\d+)*)/g)].map(([, version]) => `>=${version}`)).toEqual([
    engines.node,
  ]);
});

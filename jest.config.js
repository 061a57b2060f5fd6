/** One project a kind of test: `npm run unit`, `npm run e2e [suite]`. */
const common = {
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2023" } }] },
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  testEnvironment: "node",
};
const project = (name) => ({ ...common, displayName: name, testMatch: [`<rootDir>/test/${name}/**/*.test.ts`] });
const inLab = (name) => ({ ...project(name), setupFilesAfterEnv: ["<rootDir>/test/run/lab-timeout.js"] });
const isInLab = Boolean(process.env.LAB_HOSTS);
const reporter = (name) => `<rootDir>/test/run/${name}-reporter.js`;

module.exports = {
  coverageProvider: "v8",
  projects: [project("unit"), ...["host", "e2e", "package"].map(inLab)],
  reporters: ["default", ...(isInLab ? [reporter("progress"), reporter("time")] : []), reporter("count")],
  ...(isInLab ? { testSequencer: "<rootDir>/test/run/longest-first.js" } : {}),
};

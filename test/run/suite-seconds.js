const { readFileSync } = require("node:fs");
const { join, relative, sep } = require("node:path");

const KNOWN_SECONDS_FILE = join(__dirname, "suite-seconds.json");

/** How long each suite of the lab took when it was last measured, by its name. */
const knownSeconds = () => JSON.parse(readFileSync(KNOWN_SECONDS_FILE, "utf8"));

/** A test file's path below test/, without its ending: e2e/volume. */
const suiteName = (path) =>
  relative(join(__dirname, ".."), path)
    .split(sep)
    .join("/")
    .replace(/\.test\.ts$/, "");

module.exports = { KNOWN_SECONDS_FILE, knownSeconds, suiteName };

const { readFileSync } = require("node:fs");
const declare = require("./declare.js");

module.exports = declare(JSON.parse(readFileSync(process.env.SPEC, "utf8")));

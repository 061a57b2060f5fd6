const lvm = require("pulumi-lvm");
const provider = require("pulumi-lvm/provider");

const names = Object.keys(lvm).sort();
console.log(JSON.stringify({ node: process.versions.node, names, kind: typeof provider.resource("volume").check }));

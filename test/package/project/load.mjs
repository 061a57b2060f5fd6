import * as lvm from "pulumi-lvm";
import { Volume } from "pulumi-lvm";
import { resource } from "pulumi-lvm/provider";

if (lvm.Volume !== Volume) throw new Error("Volume is not a named export");
const names = Object.keys(lvm).sort();
console.log(JSON.stringify({ node: process.versions.node, names, kind: typeof resource("volume").check }));

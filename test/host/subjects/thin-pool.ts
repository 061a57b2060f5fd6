import type { Subject } from "../subject.js";
import { group, node, owner, poolInputs, standingOn } from "./ground.js";

export const thinPool: Subject = {
  ground: standingOn(node, group),
  inputs: poolInputs,
  making: ["lvcreate", "lvchange"],
  removing: ["lvchange", "lvremove"],
  inPlace: [{ what: "grown", inputs: () => ({ ...poolInputs(), size: "2GiB" }), commands: ["lvextend"] }],
  byHand: [{ what: "renamed", script: "lvrename -q fast pool other", shows: { name: "other" } }],
  loss: "lvremove -q -y fast/pool",
  foreign: {
    what: "a thin pool of somebody else with its name",
    make: "lvcreate -q -y --type thin-pool -L 64M -n pool fast",
    remove: "lvremove -q -y fast/pool",
    words: /logical volume "fast\/pool" exists .*and is not this pool/i,
    isSeenAtPreview: true,
  },
  afterLostState: "takes it over",
  renamed: () => ({ ...poolInputs(), owner: owner("thinPool", "other"), name: "other" }),
  identity: ["uuid"],
};

import type { Subject } from "../subject.js";
import { disk, groupInputs, node, owner, secondDisk, standingOn } from "./ground.js";

export const volumeGroup: Subject = {
  ground: standingOn(node),
  inputs: groupInputs,
  making: ["vgcreate"],
  removing: ["vgremove", "pvremove"],
  inPlace: [
    {
      what: "extended",
      inputs: () => ({ ...groupInputs(), disks: [disk, secondDisk] }),
      commands: ["vgextend"],
    },
  ],
  byHand: [{ what: "renamed", script: "vgrename -q fast other", shows: { name: "other" } }],
  loss: `vgremove -q -y fast; pvremove -q -y ${disk}`,
  foreign: {
    what: "a volume group of somebody else with its name",
    make: `vgcreate -q -y fast ${secondDisk}`,
    remove: `vgremove -q -y fast; pvremove -q -y ${secondDisk}`,
    words: /volume group "fast" exists .*and is not /i,
    isSeenAtPreview: true,
  },
  afterLostState: "takes it over",
  renamed: () => ({ ...groupInputs(), owner: owner("volumeGroup", "quick"), name: "quick" }),
  identity: ["uuid"],
};

import type { Subject } from "../subject.js";
import { group, node, on, owner, pool, standingOn, thinInputs } from "./ground.js";

export const thinVolume: Subject = {
  variant: "thin with ext4",
  ground: standingOn(node, group, pool),
  inputs: thinInputs,
  making: ["lvcreate", "lvchange", "lvchange", "mkfs.ext4", "lvchange", "lvchange"],
  removing: ["lvremove"],
  inPlace: [
    {
      what: "grown and renamed",
      inputs: () => ({ ...thinInputs(), size: "384MiB", name: "data2" }),
      commands: [
        "lvchange",
        "lvrename",
        "lvchange",
        "lvextend",
        "lvchange",
        "lvchange",
        "systemd-run",
        "systemd-run",
        "lvchange",
        "lvchange",
      ],
    },
  ],
  byHand: [
    {
      what: "renamed",
      script: "lvrename -q fast data other",
      shows: { name: "other", devicePath: "/dev/fast/other" },
    },
    {
      what: "with another label",
      script: "lvchange -q --deltag pulumi-lvm.label.tier=gold --addtag pulumi-lvm.label.tier=lead fast/data",
      shows: { labels: { tier: "lead" } },
    },
  ],
  loss: "lvremove -q -y fast/data",
  foreign: {
    what: "a thin volume of somebody else with its name",
    make: "lvcreate -q -y -V 64M --thinpool pool -n data fast",
    remove: "lvremove -q -y fast/data",
    words: /logical volume "fast\/data" exists .*and is not this volume's/i,
    isSeenAtPreview: true,
  },
  afterLostState: "takes it over",
  renamed: () => ({ ...thinInputs(), owner: owner("volume", "other"), name: "other" }),
  identity: ["uuid", "volumeId"],
};

const linearInputs = () => ({
  ...on,
  owner: owner("volume", "raw"),
  volumeGroup: "fast",
  name: "raw",
  size: "64MiB",
  deletionPolicy: "delete",
});

export const linearVolume: Subject = {
  variant: "linear",
  ground: standingOn(node, group),
  inputs: linearInputs,
  making: ["lvcreate", "lvchange", "blkdiscard", "lvchange", "lvchange"],
  removing: ["lvremove"],
  inPlace: [
    {
      what: "grown",
      inputs: () => ({ ...linearInputs(), size: "96MiB" }),
      commands: ["lvchange", "lvcreate", "blkdiscard", "lvremove", "lvextend"],
    },
  ],
  byHand: [
    {
      what: "renamed",
      script: "lvrename -q fast raw other",
      shows: { name: "other", devicePath: "/dev/fast/other" },
    },
    {
      what: "shrunk",
      script: "lvchange -ay fast/raw; lvreduce -q -f -y -L 32M fast/raw; lvchange -an fast/raw",
      shows: { sizeBytes: 32 * 2 ** 20 },
    },
  ],
  loss: "lvremove -q -y fast/raw",
  foreign: {
    what: "a volume of somebody else with its name",
    make: "lvcreate -q -y -L 64M -n raw fast",
    remove: "lvremove -q -y fast/raw",
    words: /logical volume "fast\/raw" exists .*and is not this volume's/i,
    isSeenAtPreview: true,
  },
  afterLostState: "takes it over",
  renamed: () => ({ ...linearInputs(), owner: owner("volume", "other"), name: "other" }),
  identity: ["uuid", "volumeId"],
};

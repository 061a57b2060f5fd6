import type { Subject } from "../subject.js";
import { backupInputs, data, earlier, group, node, owner, pool, standingOn, targetSecrets } from "./ground.js";

export const backup: Subject = {
  ground: standingOn(node, group, pool, data, earlier),
  inputs: backupInputs,
  making: ["lvcreate", "lvchange", "lvremove"],
  removing: [],
  byHand: [],
  loss: { unseen: "a refresh asks hosts, and no store" },
  afterLostState: "makes another",
  renamed: () => ({ ...backupInputs(), owner: owner("backup", "other") }),
  identity: ["recoveryPoint"],
  secrets: targetSecrets,
};

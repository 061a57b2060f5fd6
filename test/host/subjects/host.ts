import type { Subject } from "../subject.js";
import { hostInputs, standingOn } from "./ground.js";

export const host: Subject = {
  ground: standingOn(),
  inputs: hostInputs,
  making: ["systemctl", "systemctl", "systemctl"],
  removing: Array(4).fill("systemctl"),
  removingAgain: Array(4).fill("systemctl"),
  byHand: [
    {
      what: "its programs removed",
      script: "rm -rf /usr/local/lib/pulumi-lvm",
      shows: { programs: "" },
    },
    {
      what: "its record of who owns it removed",
      script: "rm /var/lib/pulumi-lvm/owners/*",
      shows: { programs: "" },
    },
  ],
  loss: { unseen: "a machine is not removed: without our programs it is the same one" },
  afterLostState: "takes its place",
};

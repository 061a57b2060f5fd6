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
    {
      what: "its limit of runs raised",
      script: "for file in /etc/pulumi-lvm/max-concurrent-runs/*; do echo 9 >$file; done",
      shows: { notedRuns: 9 },
    },
  ],
  loss: { unseen: "a machine is not removed: without our programs it is the same one" },
  afterLostState: "takes its place",
};

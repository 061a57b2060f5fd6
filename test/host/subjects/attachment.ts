import type { Subject } from "../subject.js";
import { data, group, node, OTHER_ID, ofData, owner, pool, standingOn } from "./ground.js";

const attachmentInputs = () => ({
  ...ofData(),
  owner: owner("attachment", "db"),
  microVm: "db",
  driveId: "data",
});

const dropTags = (volume: string, pattern: string) => `set --
for tag in $(lvs --noheadings -o lv_tags ${volume} | tr , ' '); do case $tag in ${pattern}) set -- "$@" --deltag "$tag" ;; esac; done
lvchange -q "$@" ${volume}`;

export const attachment: Subject = {
  ground: standingOn(node, group, pool, data),
  inputs: attachmentInputs,
  making: ["lvchange", "lvchange"],
  removing: ["lvchange", "lvchange"],
  inPlace: [
    {
      what: "given another drive",
      inputs: () => ({ ...attachmentInputs(), driveId: "root", isRootDevice: true }),
      commands: ["lvchange"],
    },
  ],
  byHand: [
    { what: "its device taken away", script: "lvchange -q -an fast/data", shows: { isActive: false } },
    {
      what: "with another drive",
      script: "lvchange -q --deltag pulumi-lvm.drive=data --addtag pulumi-lvm.drive=other fast/data",
      shows: { driveId: "other", drive: { drive_id: "other" } },
    },
  ],
  loss: dropTags("fast/data", "*.attachment=* | *.lease-owner=* | *.microvm=* | *.drive=* | *.root=*"),
  foreign: {
    what: "a lease of somebody else on its volume",
    make: `lvchange -q -ay --addtag pulumi-lvm.attachment=${OTHER_ID} --addtag pulumi-lvm.lease-owner=a/b/c/attachment/d \
  --addtag pulumi-lvm.microvm=other --addtag pulumi-lvm.drive=other --addtag pulumi-lvm.root=no fast/data`,
    remove: `lvchange -q -an fast/data; ${dropTags("fast/data", "*.attachment=* | *.lease-owner=* | *.microvm=* | *.drive=* | *.root=*")}`,
    words: /volume "fast\/data" .*is attached to microVM "other"/i,
    isSeenAtPreview: true,
  },
  afterLostState: "takes it over",
  renamed: () => ({ ...attachmentInputs(), owner: owner("attachment", "other") }),
  identity: ["attachmentId", "event"],
};

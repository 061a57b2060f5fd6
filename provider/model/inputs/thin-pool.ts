import { z } from "zod";
import { common } from "../common.js";
import { refuseLongDevice } from "../device-name.js";
import { lvmName } from "../lvm-name.js";
import { parseSize, size, sizeFrom } from "../size.js";

/** lvmthin(7): "The value must be a multiple of 64KiB". */
export const MIN_CHUNK_BYTES = 65_536;

/** What the program says of a thin pool. */
export const thinPoolInputs = z
  .strictObject({
    ...common,
    volumeGroup: lvmName.meta({
      description: "Volume group that holds it",
      change: { refuse: "A pool stays in its volume group: declare a new ThinPool there" },
    }),
    name: lvmName.meta({ description: "Name of the pool. Default: the resource's name" }),
    size: size
      .optional()
      .meta({ description: "Size of the data area; grows in place, never shrinks", change: "ignore" }),
    metadataSize: size
      .optional()
      .meta({ description: "Size of the metadata area. Default: LVM's choice", change: "ignore" }),
    chunkSize: sizeFrom(MIN_CHUNK_BYTES)
      .optional()
      .meta({
        description: "Chunk size, a multiple of 64 KiB. Default: LVM's choice",
        change: { refuse: "A chunk size is chosen once: declare a new ThinPool, or set it back" },
      }),
    autoextend: z
      .strictObject({
        threshold: z
          .int()
          .min(50)
          .max(99)
          .meta({ description: "Per cent of the data area in use at which LVM extends it" }),
        percent: z.int().min(1).max(1000).meta({ description: "Per cent of its size by which LVM extends it" }),
      })
      .optional()
      .meta({ description: "Let LVM extend the pool by itself while the volume group has room" }),
    maxOvercommit: z.number().min(0.01).max(1000).default(1).meta({
      description: "How much the sizes of all its volumes may exceed the pool: 1 means not at all. Default 1",
    }),
    allowUnzeroedChunks: z.boolean().default(false).meta({
      description:
        "Accept an existing pool that does not zero new chunks, so that a volume may show what others deleted",
    }),
    existing: z
      .boolean()
      .default(false)
      .meta({
        description: "Use a pool that is there already, and change nothing about it",
        change: { refuse: "Declare a new ThinPool for the other case, or set it back" },
      }),
  })
  .superRefine(({ existing, size: declaredSize, chunkSize }, context) => {
    if (!existing && declaredSize === undefined) {
      context.addIssue({ code: "custom", path: ["size"], message: "give a size, or set existing: true" });
    }
    if (existing && declaredSize !== undefined) {
      context.addIssue({
        code: "custom",
        path: ["size"],
        message: "leave out size: an existing pool is used as it is",
      });
    }
    if (chunkSize !== undefined && !isMultiple(chunkSize, MIN_CHUNK_BYTES)) {
      context.addIssue({ code: "custom", path: ["chunkSize"], message: "must be a multiple of 64KiB (lvmthin(7))" });
    }
  })
  // LVM's own parts of it: _tdata and _tmeta, and -tpool for device-mapper.
  .superRefine((names, context) => refuseLongDevice(names, { ending: "_tdata" }, context));

/** Whether a size is whole multiples of a unit; true if it is no size, which is another complaint. */
function isMultiple(value: string | number, unitBytes: number): boolean {
  const { success } = sizeFrom(unitBytes).safeParse(value);
  return !success || parseSize(value, unitBytes) % unitBytes === 0;
}

/** The inputs of a thin pool with every default filled in. */
export type ThinPoolInputs = z.output<typeof thinPoolInputs>;

import { z } from "zod";
import { type JsonSchema, jsonSchemaOf } from "./json-schema.js";

const bytes = z.int().min(0);

const room = {
  volumeGroup: z.string().meta({ description: "Name of the volume group" }),
  roomBytes: bytes,
};

const group = z.object({
  ...room,
  roomBytes: bytes.meta({ description: "What new linear volumes and pools in it may have together, in bytes" }),
});

const pool = z.object({
  ...room,
  name: z.string().meta({ description: "Name of the thin pool" }),
  sizeBytes: bytes.meta({ description: "Size of the pool's data area, in bytes" }),
  roomBytes: bytes.meta({
    description: "What new volumes in it may be promised together, in bytes: maxOvercommit of the pool counts",
  }),
});

const host = z.object({
  name: z.string().meta({ description: "Name of the Host resource, as lvm.placement gives it" }),
  address: z.string().meta({ description: "Address by which the stack reaches it" }),
  machineId: z.string().meta({ description: "Its /etc/machine-id" }),
  isReached: z.boolean().meta({
    description:
      "Whether it answered; if not, its volumes and room are not known and not listed: that is not the same as none",
  }),
  volumeGroups: z.array(group).meta({ description: "Its volume groups, those of other stacks too" }),
  pools: z.array(pool).meta({ description: "Its thin pools, those of other stacks too" }),
});

const volume = z.object({
  id: z.string().meta({ description: "The volume's own id, which stays when names change" }),
  name: z.string().meta({ description: "Name of the logical volume" }),
  volumeGroup: z.string().meta({ description: "Volume group that holds it" }),
  pool: z.string().nullable().meta({ description: "Thin pool that holds it; null for a linear one" }),
  owner: z
    .string()
    .nullable()
    .meta({ description: "Organization, project, stack, kind and name of its resource; null when no stack has it" }),
  labels: z.record(z.string(), z.string()).meta({ description: "Its labels" }),
  sizeBytes: bytes.meta({ description: "Its size in bytes" }),
  host: z
    .string()
    .meta({ description: "The one host on which a microVM can have it, by the name of the Host resource" }),
  address: z.string().meta({ description: "Address by which the stack reaches that host" }),
  isReady: z.boolean().meta({
    description:
      "Whether a microVM can have it, or has it: it is a stack's, and nothing is left to zero, format or restore",
  }),
  microVm: z.string().nullable().meta({ description: "The microVM that it is attached to; null when it is free" }),
});

/** What a scheduler needs to know of volumes to respect where they are: what `pulumi-lvm placement --json` prints. */
export const placementDocument = z.object({
  version: z.literal(1).meta({
    description: "Grows when a field goes or changes its meaning; fields may be added without that",
  }),
  time: z.string().meta({ description: "When the hosts were asked, in UTC, such as 2026-11-30T08:00:00.000Z" }),
  hosts: z.array(host).meta({ description: "The stack's hosts" }),
  volumes: z.array(volume).meta({ description: "The volumes on the hosts that answered, those of other stacks too" }),
  failures: z
    .array(
      z.object({
        host: z.string().meta({ description: "Name of the Host resource" }),
        error: z.string().meta({ description: "Why it could not be asked, and what to do" }),
      }),
    )
    .meta({ description: "Hosts that could not be asked; the command ends with 2 if there is one" }),
});

/** The document, as a program reads it. */
export type PlacementDocument = z.output<typeof placementDocument>;

/** The schema of the document, for schedulers in any language. */
export const placementJsonSchema = (): JsonSchema => jsonSchemaOf(placementDocument);

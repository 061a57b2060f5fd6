import { z } from "zod";
import { labels } from "../label.js";
import { plainText } from "../plain-text.js";
import { checkPolicy, policyFields } from "../policy/backup-policy.js";

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/,
    "must be 1 to 100 of A-Z a-z 0-9 _ . - that start with a letter, a digit or _",
  )
  .meta({ description: "Name of the policy; no other in the file has it" });

/** Rules of the fields that choose volumes, for editors too. */
const CHOOSERS = ["match", "volumes"] as const;

const policy = checkPolicy(
  z.strictObject({
    name,
    target: plainText("a name").max(200).optional().meta({
      description: "Which of the program's targets backups go to. Needed when the program gives more than one",
    }),
    match: labels
      .refine((given) => Object.keys(given).length > 0, "has no label, and would match every volume: name one")
      .optional()
      .meta({ description: "Labels: volumes that have all of these are under the policy", minProperties: 1 }),
    volumes: z
      .array(plainText("a name").max(200))
      .min(1, "has no volume: name one, or leave it out")
      .optional()
      .meta({ description: "Names of Volume resources that are under the policy, whatever their labels" }),
    ...policyFields,
  }),
).superRefine(
  (given, context) => {
    const isChosen = typeof given === "object" && given !== null && CHOOSERS.some((each) => each in given);
    if (!isChosen)
      context.addIssue({ code: "custom", message: "is for no volume: give match (labels) or volumes (names)" });
  },
  { when: ({ value }) => typeof value === "object" && value !== null },
);

/** What a policy file holds, in YAML or JSON. */
export const policyFile = z
  .strictObject({
    $schema: z.string().optional().meta({ description: "Address of this schema, for editors" }),
    policies: z
      .array(policy.meta({ anyOf: CHOOSERS.map((each) => ({ required: [each] })) }))
      .min(1, "has no policy")
      .superRefine(refuseSameNames, { when: ({ value }) => Array.isArray(value) })
      .meta({ description: "The policies" }),
  })
  .meta({ title: "Backup policies of pulumi-lvm" });

function refuseSameNames(policies: readonly unknown[], context: z.RefinementCtx): void {
  // It runs whatever else is wrong with them, so nothing is known of their shape.
  const names = policies.map((each) =>
    typeof each === "object" && each !== null && "name" in each ? each.name : undefined,
  );
  for (const [index, each] of names.entries()) {
    const first = names.indexOf(each);
    if (typeof each !== "string" || first === index) continue;
    context.addIssue({ code: "custom", path: [index, "name"], message: `is the name of policies[${first}] too` });
  }
}

type Bag = Record<string, unknown>;

/** Something that somebody does on the host to what was made. */
interface ByHand {
  readonly what: string;
  /** A script, which succeeds. */
  readonly script: string;
  /** All outputs that differ after a refresh. */
  readonly shows: Bag;
}

/** A change of the program that is made in place. */
interface InPlace {
  readonly what: string;
  readonly inputs: () => Bag;
  /** Names of the commands that change the host, in order. */
  readonly commands: readonly string[];
}

/** Something on the host that is not the resource's, and that the resource may not touch. */
interface Foreign {
  readonly what: string;
  /** Scripts that make it and take it away. */
  readonly make: string;
  readonly remove: string;
  /** What the refusal says, whoever finds it; undefined when both can be there side by side. */
  readonly words: RegExp | undefined;
  /** Whether a preview sees it already. */
  readonly isSeenAtPreview: boolean;
}

/** A resource that is tested: how it is declared, and what is particular about its kind. */
export interface Subject {
  /** Tells it from other subjects of its kind. */
  readonly variant?: string;
  /** Brings about all that it stands on, and nothing when that is there. */
  readonly ground: () => Promise<void>;
  readonly inputs: () => Bag;
  /** Names of the commands that change the host while it is made and removed, in order. */
  readonly making: readonly string[];
  readonly removing: readonly string[];
  /** Those of another delete, of what is gone already. Default none. */
  readonly removingAgain?: readonly string[];
  readonly inPlace?: readonly InPlace[];
  readonly byHand: readonly ByHand[];
  /** A script that removes it behind its back; or why nobody would see that. */
  readonly loss: string | { readonly unseen: string };
  readonly foreign?: Foreign;
  /**
   * What a create does that knows nothing of an earlier one by the same owner, which nobody has used since. When it takes it over, whatever
   * knew the earlier one finds it gone.
   */
  readonly afterLostState: "takes it over" | "takes its place" | "makes another";
  /** Inputs as they are after it was given other names in the program; issue 10 says what else there is to a rename. */
  readonly renamed?: () => Bag;
  /** Outputs that stay the same for life, beside the id. */
  readonly identity?: readonly string[];
  /** What it is given and must be shown nowhere, beside the key of the connection. */
  readonly secrets?: () => readonly string[];
}

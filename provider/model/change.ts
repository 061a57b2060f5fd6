/** What changing a field of an existing resource does; the key is `change` in the field's `.meta()`. */
export type Change =
  /** It is applied in place; the default. */
  | "update"
  /** It matters only when the resource is made. */
  | "ignore"
  /** It is an error; the text names the way out. */
  | { readonly refuse: string };

declare module "zod" {
  interface GlobalMeta {
    change?: Change;
  }
}

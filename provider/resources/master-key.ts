import { randomBytes } from "node:crypto";
import type { Lifecycle } from "../lifecycle.js";
import { MASTER_KEY_BYTES } from "../model/backup-target.js";

/**
 * 32 random bytes, made once. They are in the state and nowhere else, so nothing ever changes them, and a delete has nothing to take
 * away.
 */
export const masterKey: Lifecycle = {
  async check(_olds, news) {
    return { inputs: news, failures: [] };
  },
  async diff() {
    return { changes: false, deleteBeforeReplace: false };
  },
  async create(inputs) {
    const outs = { ...inputs, key: randomBytes(MASTER_KEY_BYTES).toString("base64") };
    return { id: "master-key", outs };
  },
  async read(id, props) {
    return { id, props };
  },
  async update(_id, olds) {
    return { outs: olds };
  },
  async delete() {},
};

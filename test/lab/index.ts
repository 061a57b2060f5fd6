export { hostFingerprint } from "./host-fingerprint.js";
export { passwordLogin } from "./host-image-files.js";
export { freeze, powerCut, reboot, startHost, thaw, waitForSsh } from "./host-power.js";
export { LabError } from "./lab-error.js";
export { type LabHost, labHosts } from "./lab-host.js";
export { resetHost } from "./reset-host.js";
export { type ShOptions, type ShResult, sh, shOk } from "./sh.js";

export { hostFingerprint } from "./host-fingerprint.js";
export { passwordLogin } from "./host-image-files.js";
export { freeze, powerCut, reboot, startHost, thaw, waitForSsh } from "./host-power.js";
export { LabError } from "./lab-error.js";
export { type LabHost, labHosts } from "./lab-host.js";
export { type LabS3, labS3 } from "./lab-s3.js";
export { resetHost } from "./reset-host.js";
export { startS3, stopS3 } from "./s3-server.js";
export { type ShOptions, type ShResult, sh, shOk } from "./sh.js";

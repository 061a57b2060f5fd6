export type { FirecrackerDrive } from "../provider/resources/attachment.js";
export type { ConnectionArgs } from "../provider/schema/connection.js";
export { Attachment, type AttachmentArgs } from "./attachment.js";
export { Host, type HostArgs, type HostInput } from "./host.js";
export { placement } from "./placement.js";
export { ThinPool, type ThinPoolArgs } from "./thin-pool.js";
export { type Placement, Volume, type VolumeArgs, type VolumeRef } from "./volume.js";
export { VolumeGroup, type VolumeGroupArgs } from "./volume-group.js";

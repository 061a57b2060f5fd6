/** A drive as Firecracker's API takes it (`PUT /drives/{drive_id}`, firecracker.yaml). */
export interface FirecrackerDrive {
  drive_id: string;
  path_on_host: string;
  is_root_device: boolean;
  is_read_only: boolean;
  /** A guest's flush must reach the disk; with "Unsafe", Firecracker's default, it does not. */
  cache_type: "Writeback";
}

import { type LabHost, shOk } from "../../lab/index.js";

/** Fills a place of a volume that is not attached with bytes that no other call writes. */
export async function write(on: LabHost, volume: string, atMiB: number, mib: number): Promise<void> {
  await shOk(
    on,
    `lvchange -ay fast/${volume} && dd if=/dev/urandom of=/dev/fast/${volume} bs=1M seek=${atMiB} count=${mib} conv=fsync status=none && lvchange -an fast/${volume}`,
  );
}

/** SHA-256 of the first MiB of a volume, read by the kernel and nothing of ours. */
export async function checksum(on: LabHost, volume: string, mib: number): Promise<string> {
  return shOk(
    on,
    `lvchange -ay fast/${volume} && dd if=/dev/fast/${volume} bs=1M count=${mib} iflag=direct status=none | sha256sum; lvchange -an fast/${volume}`,
  );
}

/** Bytes of an ext4 in a volume that is not attached, NaN if e2fsck finds something wrong with it. */
export async function ext4Bytes(on: LabHost, volume: string): Promise<number> {
  const report = await shOk(
    on,
    `lvchange -ay fast/${volume}; e2fsck -f -n /dev/fast/${volume} >/dev/null && dumpe2fs -h /dev/fast/${volume} 2>/dev/null; lvchange -an fast/${volume}`,
  );
  const [blocks, bytes] = ["Block count", "Block size"].map((name) =>
    Number(new RegExp(`${name}: +(\\d+)`).exec(report)?.[1]),
  );
  return (blocks ?? 0) * (bytes ?? 0);
}

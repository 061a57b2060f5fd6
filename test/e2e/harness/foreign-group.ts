/** Script that makes what somebody else has on the host: a volume group with a volume and data in it, and a thin pool. */
export const foreignGroup = (disk: string): string => `
vgcreate -q -y theirs ${disk}
lvcreate -q -y -L 64M -n data theirs
echo precious | dd of=/dev/theirs/data conv=fsync status=none
lvcreate -q -y --type thin-pool -L 256M -n pool theirs
lvcreate -q -y -V 64M --thinpool pool -n app theirs
`;

from fusepy import FUSE as FUSE, FuseOSError as FuseOSError, Operations as Operations

// What a container may not see or write of /proc and /sys.

#ifndef MASKS_H
#define MASKS_H

// Makes parts of the mounted /proc and /sys read-only, and hides others (readonlyPaths and maskedPaths in the OCI runtime
// specification). Dies on failure.
void protect_kernel_filesystems(int root);

#endif

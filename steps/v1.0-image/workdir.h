// The command's working directory: what -w or the image says.

#ifndef WORKDIR_H
#define WORKDIR_H

// In the container, before the pivot: makes the working directory if it is missing, also in a volume. No symbolic link leads out
// of root, the new root directory. Dies on failure.
void workdir_make(int root);

// In the command's process: goes there. Dies if its user may not.
void workdir_enter(void);

#endif

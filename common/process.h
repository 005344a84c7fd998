// What process.c tells exec.c, and nobody else.

#ifndef GCR_PROCESS_H
#define GCR_PROCESS_H

// In the child of gcr_clone(): a pidfd of its parent.
extern int gcr_parent_pidfd;

#endif

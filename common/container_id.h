// The container's id, which is its name.

#ifndef GCR_CONTAINER_ID_H
#define GCR_CONTAINER_ID_H

#define GCR_ID_LENGTH 12

// Writes a new container id to id: 12 random hex digits and a NUL. Errors: getrandom(2).
int gcr_new_id(char id[GCR_ID_LENGTH + 1]);

#endif

// Mounting over files of the container's /etc. Nothing is written to the rootfs's own files.

#ifndef ETC_H
#define ETC_H

// Opens a file of the container's /etc to mount on, or an empty one that it makes. If it is a symbolic link, gcr mounts on the
// link itself, because the link may lead to a file that only a running system has. If the file cannot be made, warns and
// returns -1.
int open_in_etc(int root, const char *name);

// Mounts a file with this text over a file of the container's /etc. The new file is in memory, in the container's /dev,
// where its name is removed at once. Only open_in_etc() writes to the rootfs. Dies on failure.
void bind_text(int root, const char *name, const char *text);

#endif

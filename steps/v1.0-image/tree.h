// Removing a directory with all that is in it.

#ifndef TREE_H
#define TREE_H

#define TREE_FILES 6 // so many files does tree_remove() open at a time

// Removes the directory called name in the open directory parent, if it is there. Follows no symbolic link. A tree may have any depth,
// and directories that are closed to their owner (chmod(2)). Errors: openat(2), unlinkat(2); EACCES or EPERM if a directory in it
// belongs to another user.
int tree_remove(int parent, const char *name);

#endif

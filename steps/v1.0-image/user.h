// The user as whom the command runs.

#ifndef USER_H
#define USER_H

// In the command's process, inside: becomes the user and the groups that -u or the image names, by the container's own
// /etc/passwd and /etc/group, and takes the user's HOME if no variable sets it. Without -u it is root, with root's groups. The
// streams are made the user's, so that /dev/stdout can be opened. Then it goes to the working directory. Dies on failure.
void user_become(void);

#endif

// A socket to the kernel's networking (netlink(7), rtnetlink(7)), by libnl.

#ifndef NETLINK_H
#define NETLINK_H

struct nl_sock;

// Opens a socket for rtnetlink. Errors: socket(2).
int netlink_open(struct nl_sock **socket);

// Turns what a function of libnl returned into what a system call would: -1 and errno where it is negative.
int netlink_result(int result);

#endif

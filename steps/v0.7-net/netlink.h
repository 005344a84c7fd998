// A socket to the kernel's networking (netlink(7), rtnetlink(7)), by libnl.

#ifndef NETLINK_H
#define NETLINK_H

struct nl_sock;

// Opens a socket for rtnetlink. The caller releases it by nl_socket_free(). Errors: socket(2).
int netlink_open(struct nl_sock **socket);

// Turns the result of a libnl function into that of a system call: -1 and errno if it is negative.
int netlink_result(int result);

#endif

// A socket to the kernel's networking.

#include "netlink.h"
#include "array.h"

#include <errno.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>

// libnl turns errno into error numbers of its own. This table turns them back. An error that is missing here becomes EIO.
static const int errors[] = {
	[NLE_INTR] = EINTR,
	[NLE_BAD_SOCK] = EBADF,
	[NLE_AGAIN] = EAGAIN,
	[NLE_NOMEM] = ENOMEM,
	[NLE_EXIST] = EEXIST,
	[NLE_INVAL] = EINVAL,
	[NLE_RANGE] = ERANGE,
	[NLE_MSGSIZE] = EMSGSIZE,
	[NLE_OPNOTSUPP] = EOPNOTSUPP,
	[NLE_AF_NOSUPPORT] = EAFNOSUPPORT,
	[NLE_OBJ_NOTFOUND] = ENOENT,
	[NLE_NOADDR] = EADDRNOTAVAIL,
	[NLE_PERM] = EPERM,
	[NLE_NOACCESS] = EACCES,
	[NLE_BUSY] = EBUSY,
	[NLE_NODEV] = ENODEV,
	[NLE_DUMP_INTR] = EINTR,
};

int netlink_result(int result)
{
	size_t number = result < 0 ? (size_t)-result : 0;

	if (result >= 0)
		return result;
	errno = number < COUNT(errors) && errors[number] ? errors[number] : EIO;
	return -1;
}

int netlink_open(struct nl_sock **socket)
{
	*socket = nl_socket_alloc();
	if (!*socket)
		return errno = ENOMEM, -1;
	int result = nl_connect(*socket, NETLINK_ROUTE);
	// libnl knows few errors of socket(2). For the others, as EMFILE, it returns NLE_FAILURE, and errno is still set.
	return result == -NLE_FAILURE ? -1 : netlink_result(result);
}

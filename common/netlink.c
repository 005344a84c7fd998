// A socket to the kernel's networking.

#include "gcr.h"

#include <errno.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>

// libnl has its own numbers, made from errno: these lead back. What is missing is EIO.
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

int gcr_nl(int result)
{
	size_t number = result < 0 ? (size_t)-result : 0;

	if (result >= 0)
		return result;
	errno = number < COUNT(errors) && errors[number] ? errors[number] : EIO;
	return -1;
}

int gcr_netlink(struct nl_sock **socket)
{
	*socket = nl_socket_alloc();
	if (!*socket)
		return errno = ENOMEM, -1;
	int result = nl_connect(*socket, NETLINK_ROUTE);
	// It knows few numbers of socket(2), as of too many open files: errno still has the others.
	return result == -NLE_FAILURE ? -1 : gcr_nl(result);
}

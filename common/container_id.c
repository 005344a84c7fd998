// The container's id, which is its name.

#include "container_id.h"

#include <stdio.h>
#include <sys/random.h>

int gcr_new_id(char id[GCR_ID_LENGTH + 1])
{
	unsigned char bytes[GCR_ID_LENGTH / 2];

	// getrandom(2) waits until the kernel's pool is ready. After that it returns up to 256 bytes
	// without a short read.
	if (getrandom(bytes, sizeof(bytes), 0) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(bytes); i++)
		sprintf(id + 2 * i, "%02x", bytes[i]);
	return 0;
}

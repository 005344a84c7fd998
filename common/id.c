// The container's name.

#include "id.h"

#include <stdio.h>
#include <sys/random.h>

int gcr_new_id(char id[GCR_ID_LENGTH + 1])
{
	unsigned char bytes[GCR_ID_LENGTH / 2];

	// Up to 256 bytes come whole once the pool is ready, for which the call waits
	// (getrandom(2)).
	if (getrandom(bytes, sizeof(bytes), 0) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(bytes); i++)
		sprintf(id + 2 * i, "%02x", bytes[i]);
	return 0;
}

// Which signals a process takes. An input is its SigBlk, SigIgn and SigCgt, and its name.

#include "fuzz.h"

// As the kernel has it (proc(5)); it lets no newline into a name.
static FILE *open_status(const uint64_t masks[3], const char *name)
{
	static char text[8192];
	int length = snprintf(text, sizeof(text),
		"Name:\t%.*s\nState:\tS (sleeping)\nSigQ:\t0/63\nShdPnd:\t0000000000000000\n"
		"SigBlk:\t%016llx\nSigIgn:\t%016llx\nSigCgt:\t%016llx\nCapInh:\t0000000000000000\n",
		(int)strcspn(name, "\n"), name, (unsigned long long)masks[0],
		(unsigned long long)masks[1], (unsigned long long)masks[2]);

	return fmemopen(text, (size_t)length, "r");
}

void fuzz(char *input, size_t size)
{
	uint64_t masks[3];

	if (size < sizeof(masks) || size > sizeof(masks) + 64)
		return;
	memcpy(masks, input, sizeof(masks));
	FILE *status = open_status(masks, input + sizeof(masks));
	for (int signal = 1; signal <= 64; signal++, rewind(status))
		assert(gcr_takes_signal(status, signal) ==
			((masks[0] | masks[2]) >> (signal - 1) & 1));
	fclose(status);
}

// What nft(8) lists. Who may not be root may name tables there: what gcr has a shell do is not theirs.

#include "../../steps/v0.7-net/rules.c"
#include "fuzz.h"

static const char harmless[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./ >&";

void fuzz(char *input, size_t size)
{
	(void)size;
	fuzz_file = input;
	rules_obstacle("br0");
	assert(strspn(fuzz_written, harmless) == strlen(fuzz_written));
}

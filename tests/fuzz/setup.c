// The values of gcr net setup's options.

#include "../../steps/v0.7-net/setup.c"
#include "fuzz.h"

void fuzz(char *input, size_t size)
{
	char text[GCR_ADDRESS_TEXT];

	(void)size;
	if (STATUS_OF(set_bridge(input)) == -1)
		assert(*bridge && strlen(bridge) < IF_NAMESIZE && !strpbrk(bridge, "/ \n:%\"';$"));
	else
		assert(fuzz_status == GCR_USAGE);
	if (STATUS_OF(set_subnet(input)) != -1)
		return;
	assert(gateway.prefix >= 16 && gateway.prefix <= 29);
	gcr_address_text(net_nth(gateway, 0), text);
	assert(strncmp(text, input, strcspn(input, "/") + 1) == 0);
	assert(net_nth(gateway, 1).address.s_addr == gateway.address.s_addr);
}

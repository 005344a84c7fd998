// The values of gcr net setup's options.

#include "../../steps/v0.7-net/setup.c"
#include "fuzz.h"

void fuzz(char *input, size_t size)
{
	char text[NET_ADDRESS_TEXT];

	(void)size;
	if (STATUS_OF(set_bridge(input)) == -1)
		assert(*setup.bridge && strlen(setup.bridge) < IF_NAMESIZE &&
			!strpbrk(setup.bridge, "/ \n:%\"';$"));
	else
		assert(fuzz_status == GCR_USAGE);
	if (STATUS_OF(set_subnet(input)) != -1)
		return;
	assert(setup.gateway.prefix >= 16 && setup.gateway.prefix <= 29);
	net_address_text(net_nth_address(setup.gateway, 0), text);
	assert(strncmp(text, input, strcspn(input, "/") + 1) == 0);
	assert(net_nth_address(setup.gateway, 1).address.s_addr == setup.gateway.address.s_addr);
}

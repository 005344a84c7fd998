// What gcc has built in, and tcc lacks: cc has tcc include this first.
#pragma once
#include <alloca.h>

#define strdupa(text) strcpy(alloca(strlen(text) + 1), text)
#define __builtin_bswap16(value) \
	((unsigned short)((unsigned short)(value) << 8 | (unsigned short)(value) >> 8))

static inline int __builtin_popcount(unsigned value)
{
	int count = 0;

	for (; value != 0; value &= value - 1)
		count++;
	return count;
}

// sys/cdefs.h gives tcc only the others of this kind, and glob.h asks for this one.
#define __REDIRECT_NTHNL(name, parameters, alias) __REDIRECT_NTH(name, parameters, alias)

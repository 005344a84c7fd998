// What the two files of the floor share.

#ifndef FLOOR_H
#define FLOOR_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

#define DO(call)                       \
	do {                           \
		if ((call) == -1) {    \
			perror(#call); \
			_exit(125);    \
		}                      \
	} while (0)

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

void write_file(const char *path, const char *text);

// floor-net.c: lays a cable from gcr's bridge to the network namespace of a process. Returns its address.
uint32_t connect_to_bridge(pid_t child);

// In that process: starts lo, and eth0 with that address; 0: it has none.
void configure_network(uint32_t address);

#endif

// The accounts of a container: its /etc/passwd and /etc/group (passwd(5), group(5)).

#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

// As whom a process runs.
struct account {
	uid_t user;
	gid_t group;
	gid_t *groups; // count of them: its own group, and the additional ones
	size_t count;
	char *home;
};

// Finds whom USER[:GROUP] means, as docker does. Each is a name or a number; a number needs no entry. If USER is empty, it is root.
// Without a GROUP, the group is the one of the user's entry, else 0, and the additional groups are those that list the user's
// name. With a GROUP there are none. The first entry that fits counts, and one that is not as the manual says counts for nothing.
// Dies if there is no such name, or if an id is above 2147483647.
struct account find_account(const char *name, FILE *passwd, FILE *group);

#endif

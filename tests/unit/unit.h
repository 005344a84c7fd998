// The unit tests of libgcr, and of what the steps parse: a suite for each file. Check runs every test in a process of its own,
// so a test may close descriptors, change the environment or die.

#ifndef GCR_UNIT_H
#define GCR_UNIT_H

#include "array.h"
#include "cli.h"
#include "container_id.h"
#include "exec.h"
#include "fd.h"
#include "ids.h"
#include "log.h"
#include "parse.h"
#include "process.h"
#include "program.h"
#include "relay.h"
#include "rootfs.h"
#include "streams.h"
#include "terminal.h"
#include "try.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TCase *log_tests(void);
TCase *try_tests(void);
TCase *cli_tests(void);
TCase *parse_tests(void);
TCase *address_tests(void);
TCase *ports_tests(void);
TCase *accounts_tests(void);
TCase *config_tests(void);
TCase *rootfs_tests(void);
TCase *id_tests(void);
TCase *process_tests(void);
TCase *program_tests(void);
TCase *ids_tests(void);
TCase *exec_tests(void);
TCase *fd_tests(void);
TCase *netlink_tests(void);
TCase *relay_tests(void);
TCase *streams_tests(void);

// Collects what is written to standard error from here on, and gives it back.
void capture_stderr(void);
const char *captured_stderr(void);

// Runs the code in a child process; gives its exit status (128 + N for signal N).
#define STATUS_OF(code)                 \
	__extension__({                 \
		pid_t child_ = fork();  \
		if (child_ == 0) {      \
			code;           \
			_exit(0);       \
		}                       \
		wait_status_of(child_); \
	})
int wait_status_of(pid_t child);

#endif

// What the fuzzers share. Each is a file here with a function fuzz(), which asserts what has to hold whatever the input
// is: a wrong answer is looked for as much as a crash.

#ifndef GCR_FUZZ_H
#define GCR_FUZZ_H

#include "array.h"
#include "cli.h"
#include "exec.h"
#include "fd.h"
#include "ids.h"
#include "log.h"
#include "parse.h"
#include "process.h"

#include <assert.h>
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Gets an input, with a NUL after its end.
void fuzz(char *input, size_t size);

// While fuzz() runs: what every file contains. NULL: none is there.
extern const char *fuzz_file;

// What was last written to a file, and to standard error.
extern char fuzz_written[4096], fuzz_said[8192];

// The status that the code ends this process with; -1 where it does not.
#define STATUS_OF(code)                        \
	__extension__({                        \
		if (setjmp(fuzz_alive) == 0) { \
			fuzz_status = -1;      \
			code;                  \
		}                              \
		fuzz_status;                   \
	})
extern jmp_buf fuzz_alive;
extern int fuzz_status;

#endif

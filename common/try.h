// One idiom for the calls that build the container: TRY().

#ifndef GCR_TRY_H
#define GCR_TRY_H

#include "log.h"

// What an error of a call usually means here, and its cure. The first hint that fits is printed. A table ends with
// { 0 }.
struct gcr_hint {
	const char *call; // how the call starts, as it is written in TRY()
	int error; // errno
	const char *text;
	const char *file, *start; // fits only if this file starts with this text; NULL: always
};

// Tables of hints for TRY(). The list ends with NULL.
extern const struct gcr_hint *const *gcr_hints;

// Makes a call that builds the container. Under --explain, first prints the call and its reason. If the call returns -1,
// gcr dies and prints the call as it is written, the error, and a hint if there is one. The value is the call's.
#define TRY(call, reason)                          \
	__extension__({                            \
		gcr_explain(#call, reason);        \
		__typeof__(call) result_ = (call); \
		if (result_ == -1)                 \
			gcr_die_of(#call);         \
		result_;                           \
	})

// As TRY(), for a call that may fail: the caller handles the failure.
#define TELL(call, reason) (gcr_explain(#call, reason), (call))

// Dies as TRY() does, of a call that has set errno.
noreturn void gcr_die_of(const char *call);

#endif

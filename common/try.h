// One idiom for the calls that build the container: TRY().

#ifndef GCR_TRY_H
#define GCR_TRY_H

#include "log.h"

// What an error of a call usually means here, and what to do about it. The first that fits is told. A table ends with
// { 0 }.
struct gcr_hint {
	const char *call; // how the call starts, as it is written in TRY()
	int error; // errno
	const char *text;
	const char *file, *start; // fits only where this file starts with this; NULL: anywhere
};

// Tables of hints for TRY(). The list ends with NULL.
extern const struct gcr_hint *const *gcr_hints;

// Makes a call that builds the container. Under --explain, prints it and the reason for it before. Where it fails (-1),
// gcr dies with the call as it is written, errno, and a hint if there is one. Its value is the call's.
#define TRY(call, reason)                          \
	__extension__({                            \
		gcr_explain(#call, reason);        \
		__typeof__(call) result_ = (call); \
		if (result_ == -1)                 \
			gcr_die_of(#call);         \
		result_;                           \
	})

// As TRY(), for a call that may fail. What follows from that is the caller's matter.
#define TELL(call, reason) (gcr_explain(#call, reason), (call))

// Dies of a call that has failed. Reads errno.
noreturn void gcr_die_of(const char *call);

#endif

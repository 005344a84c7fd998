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

// A call, as TRY() has it.
struct gcr_call {
	const char *text; // as it is written
	const char *names; // "reason, VARIABLE, …", as it is written
	const char *const *values; // the reason, and the values of the variables; ends with NULL
};

// Makes a call that builds the container. Under --explain, first prints the call and its reason. If the call returns -1,
// gcr dies and prints the call as it is written, the error, and a hint if there is one. The value is the call's.
//
// After the reason stand the call's variables whose values a reader needs, all of them strings: they are printed in place of
// their names. So this fails as open(AT_FDCWD, "/dev/tty", O_PATH):
//
//     TRY(open(AT_FDCWD, source, O_PATH), "the host's device", source);
#define TRY(call, ...)                                                          \
	__extension__({                                                         \
		const char *const values_[] = { __VA_ARGS__, NULL };            \
		const struct gcr_call call_ = { #call, #__VA_ARGS__, values_ }; \
		gcr_explain_call(&call_);                                       \
		__typeof__(call) result_ = (call);                              \
		if (result_ == -1)                                              \
			gcr_die_of_call(&call_);                                \
		result_;                                                        \
	})

// As TRY(), for a call that may fail: the caller handles the failure.
#define TELL(call, ...)                                                              \
	(gcr_explain_call(&(const struct gcr_call){                                  \
		 #call, #__VA_ARGS__, (const char *const[]){ __VA_ARGS__, NULL } }), \
		(call))

// Dies as TRY() does, of a call that has set errno.
noreturn void gcr_die_of(const char *call);

// What TRY() takes.
noreturn void gcr_die_of_call(const struct gcr_call *call);
void gcr_explain_call(const struct gcr_call *call);

#endif

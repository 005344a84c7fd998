// In a build with GCR_COVERAGE, gcov(1) counts in processes that end by _exit(2), too.

void __gcov_dump(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);

void __wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}

// The init of a container closes all descriptors. The counts are written below this one, see cmake/gcr.cmake.
enum { COUNTS = 199 };

int __real_close_range(unsigned first, unsigned last, int flags);
int __wrap_close_range(unsigned first, unsigned last, int flags);

int __wrap_close_range(unsigned first, unsigned last, int flags)
{
	if (flags != 0)
		return __real_close_range(first, last, flags);
	__real_close_range(first, COUNTS - 1, 0);
	return __real_close_range(COUNTS + 1, last, 0);
}

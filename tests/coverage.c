// In a build with GCR_COVERAGE, gcov(1) counts in processes that end by _exit(2), too.

void __gcov_dump(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);

void __wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}

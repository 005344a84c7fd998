// The default profile of podman, with what docker's forbids beyond that. tests/syscalls.py compares it with podman's.

#include "profile.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stddef.h>
#include <sys/personality.h>
#include <sys/socket.h>

#define NAMESPACES                                                                     \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
		CLONE_NEWPID | CLONE_NEWNET)
// Versions of clang-format differ about braces in macros.
// clang-format off
#define IS(argument, value) { argument, UINT32_MAX, value }
#define HAS_NONE_OF(argument, bits) { argument, bits, 0 }
// clang-format on

const struct syscall_group profile[] = {
	// --- refused ---
	{ ENOSYS, "clone3",
		"its flags are in memory, where a filter cannot look: libc uses clone" },
	{ 0, "clone", "processes and threads, but no namespaces", { HAS_NONE_OF(0, NAMESPACES) } },
	{ EPERM, "clone setns unshare",
		"in a user namespace of its own it would be root with all capabilities "
		"(CVE-2022-0185, CVE-2023-32233, CVE-2024-1086)" },
	{ EPERM,
		"fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree "
		"pivot_root umount umount2",
		"they change the container's mounts (CVE-2022-0185)" },
	{ EPERM, "add_key keyctl request_key",
		"keys belong to a user and to no container (CVE-2016-0728)" },
	{ EPERM, "bpf perf_event_open userfaultfd",
		"most ways into the kernel lead through these (CVE-2021-3490, CVE-2013-2094)" },
	{ EPERM, "io_uring_enter io_uring_register io_uring_setup",
		"its requests pass by every filter (CVE-2022-29582, CVE-2023-2598)" },
	{ EPERM, "open_by_handle_at", "it opens files that have no name in here (CVE-2014-3519)" },
	{ EPERM,
		"get_mempolicy mbind migrate_pages move_pages set_mempolicy "
		"set_mempolicy_home_node",
		"they choose the host's memory nodes (CAP_SYS_NICE)" },
	{ EPERM, "kcmp pidfd_getfd process_madvise",
		"they reach into other processes (CAP_SYS_PTRACE)" },
	{ EPERM, "clock_settime clock_settime64 settimeofday stime",
		"they set the host's clock (CAP_SYS_TIME)" },
	{ EPERM, "delete_module finit_module init_module query_module",
		"they change the kernel (CAP_SYS_MODULE)" },
	{ EPERM, "kexec_file_load kexec_load reboot",
		"they replace or stop the kernel (CAP_SYS_BOOT)" },
	{ EPERM, "ioperm iopl pciconfig_iobase pciconfig_read pciconfig_write",
		"they reach the host's devices (CAP_SYS_RAWIO)" },
	{ EPERM,
		"acct fanotify_init lookup_dcookie quotactl setdomainname sethostname swapoff "
		"swapon "
		"syslog vhangup",
		"they manage the host" },
	{ EPERM,
		"bdflush io_pgetevents nfsservctl nice oldfstat oldlstat oldolduname oldstat "
		"olduname "
		"sgetmask ssetmask swapcontext sysfs uselib ustat vm86 vm86old vmsplice",
		"few programs need them" },
	{ EINVAL, "socket", "the host's audit log", { IS(0, AF_NETLINK), IS(2, NETLINK_AUDIT) } },
	{ EPERM, "socket", "AF_VSOCK leads to the hypervisor, past the network namespace",
		{ IS(0, AF_VSOCK) } },
	{ EPERM, "socket", "AF_ALG leads into the kernel's cryptography (CVE-2026-31431)",
		{ IS(0, AF_ALG) } },

	// --- allowed ---
	{ 0, "personality", "the personality PER_LINUX", { IS(0, PER_LINUX) } },
	{ 0, "personality", "PER_LINUX32", { IS(0, PER_LINUX32) } },
	{ 0, "personality", "UNAME26", { IS(0, UNAME26) } },
	{ 0, "personality", "both of these", { IS(0, PER_LINUX32 | UNAME26) } },
	{ 0, "personality", "the question which it is", { IS(0, 0xffffffff) } },
	{ 0,
		"arch_prctl breakpoint execve execveat exit exit_group fork futex "
		"futex_time64 get_robust_list get_thread_area getpgid getpgrp getpid getppid "
		"getsid gettid membarrier modify_ldt pidfd_open prctl "
		"restart_syscall rseq set_robust_list set_thread_area set_tid_address set_tls "
		"setpgid setsid syscall vfork wait4 waitid waitpid",
		"processes and threads" },
	{ 0,
		"kill pause pidfd_send_signal rt_sigaction rt_sigpending rt_sigprocmask "
		"rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait "
		"rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaction sigaltstack signal "
		"signalfd signalfd4 sigpending sigprocmask sigreturn sigsuspend tgkill tkill",
		"signals" },
	{ 0,
		"brk cacheflush madvise memfd_create memfd_secret mincore mlock mlock2 "
		"mlockall mmap mmap2 mprotect mremap msync munlock munlockall munmap "
		"pkey_alloc pkey_free pkey_mprotect process_mrelease remap_file_pages",
		"memory" },
	{ 0,
		"capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups "
		"getgroups32 getresgid getresgid32 getresuid getresuid32 getuid getuid32 "
		"setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups "
		"setgroups32 setregid setregid32 setresgid setresgid32 setresuid setresuid32 "
		"setreuid setreuid32 setuid setuid32",
		"users, groups and capabilities" },
	{ 0,
		"getcpu getpriority getrlimit getrusage ioprio_get ioprio_set prlimit64 "
		"sched_get_priority_max sched_get_priority_min sched_getaffinity "
		"sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval "
		"sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam "
		"sched_setscheduler sched_yield setpriority setrlimit sysinfo times "
		"ugetrlimit uname",
		"scheduling, limits and accounting" },
	{ 0,
		"adjtimex alarm clock_adjtime clock_adjtime64 clock_getres "
		"clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep "
		"clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time "
		"timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 "
		"timer_settime timer_settime64 timerfd timerfd_create timerfd_gettime "
		"timerfd_gettime64 timerfd_settime timerfd_settime64",
		"time and timers" },
	{ 0,
		"access arm_fadvise64_64 arm_sync_file_range chmod chown chown32 close "
		"close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 "
		"fadvise64 fadvise64_64 fallocate fchmod fchmodat fchown fchown32 fchownat "
		"fcntl fcntl64 fdatasync flock fstat fstat64 fstatat64 fsync ftruncate "
		"ftruncate64 futimesat ioctl lchown lchown32 _llseek lseek lstat lstat64 "
		"name_to_handle_at newfstatat open openat openat2 pipe pipe2 pread64 preadv "
		"preadv2 pwrite64 pwritev pwritev2 read readahead readv sendfile sendfile64 "
		"splice stat stat64 statx sync_file_range sync_file_range2 tee truncate "
		"truncate64 umask utime utimensat utimensat_time64 utimes write writev",
		"files" },
	{ 0,
		"fgetxattr flistxattr fremovexattr fsetxattr getxattr lgetxattr listxattr "
		"llistxattr lremovexattr lsetxattr removexattr setxattr",
		"extended attributes" },
	{ 0,
		"chdir chroot fchdir fstatfs fstatfs64 getcwd getdents getdents64 link linkat "
		"mkdir mkdirat mknod mknodat readdir readlink readlinkat rename renameat "
		"renameat2 rmdir statfs statfs64 symlink symlinkat sync syncfs unlink "
		"unlinkat",
		"directories, names and filesystems" },
	{ 0,
		"epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 "
		"epoll_wait epoll_wait_old eventfd eventfd2 fanotify_mark inotify_add_watch "
		"inotify_init inotify_init1 inotify_rm_watch _newselect poll ppoll "
		"ppoll_time64 pselect6 pselect6_time64 select",
		"waiting for files" },
	{ 0, "io_cancel io_destroy io_getevents io_setup io_submit",
		"asynchronous input and output" },
	{ 0,
		"accept accept4 bind connect getpeername getsockname getsockopt listen recv "
		"recvfrom recvmmsg recvmmsg_time64 recvmsg send sendmmsg sendmsg sendto "
		"setsockopt shutdown socket socketcall socketpair",
		"sockets" },
	{ 0,
		"ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 "
		"mq_timedsend mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd "
		"semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget",
		"System V objects and message queues" },
	{ 0, "process_vm_readv process_vm_writev ptrace",
		"debuggers, since Linux 4.8 made ptrace respect filters" },
	{ 0,
		"getrandom landlock_add_rule landlock_create_ruleset landlock_restrict_self "
		"seccomp",
		"random numbers, and restrictions of their own" },
	{ 0 },
};

// What a container may not see or write of /proc and /sys.

#include "masks.h"
#include "array.h"
#include "mounts.h"

#include <stddef.h>

// Parts of /proc and /sys that belong to the host in spite of all namespaces (proc(5)). They become read-only
// or hidden. Root can undo this as long as it has CAP_SYS_ADMIN.
static const struct {
	const char *path, *reason;
} read_only_paths[] = {
	{ "proc/bus", "sets the host's PCI devices" },
	{ "proc/fs", "sets the host's filesystems" },
	{ "proc/irq", "sets which CPU serves which interrupt" },
	{ "proc/sys", "sets what sysctl(8) sets" },
	{ "proc/sysrq-trigger", "reboots the host, by a letter" },
}, masked_paths[] = {
	{ "proc/acpi", "shows the host's battery and lid" },
	{ "proc/asound", "shows the host's sound cards" },
	{ "proc/interrupts", "shows how often keys are pressed" },
	{ "proc/kcore", "is the host's memory" },
	{ "proc/keys", "shows the keys of the host's users" },
	{ "proc/latency_stats", "shows what the host's processes wait for" },
	{ "proc/sched_debug", "shows the host's processes" },
	{ "proc/scsi", "shows the host's disks" },
	{ "proc/timer_list", "shows addresses in the kernel" },
	{ "proc/timer_stats", "shows what the host's processes wait for" },
	{ "sys/devices/virtual/powercap", "shows the power that the CPU takes, which reveals keys (CVE-2020-8694)" },
	{ "sys/firmware", "shows what the host's firmware knows" },
	{ "sys/kernel/debug", "shows and sets the kernel's internals (debugfs)" },
	{ "sys/kernel/tracing", "shows what the host's processes call (tracefs)" },
};

void protect_kernel_filesystems(int root)
{
	for (size_t i = 0; i < COUNT(read_only_paths); i++)
		make_read_only(root, read_only_paths[i].path, read_only_paths[i].reason);
	for (size_t i = 0; i < COUNT(masked_paths); i++)
		mask_path(root, masked_paths[i].path, masked_paths[i].reason);
}

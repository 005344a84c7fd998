// The emulated machine, as Node makes its state and as the page starts it: a state fits only the machine that it was saved from.
const mib = 1 << 20;

// The options of v86 that both have.
export const machine = {
	memory_size: 256 * mib,
	vga_memory_size: 2 * mib,
	uart1: true, // the second terminal
	virtio_console: true, // the wire
	filesystem: {}, // 9p, for files that the page and the machine hand to each other
	disable_keyboard: true,
	disable_mouse: true,
	disable_speaker: true,
	autostart: true,
};

// The disk is cut into parts of this size, each compressed, and the page loads those that the machine reads.
export const part = 256 << 10;

// A line for the wire (web/guest/wire.c).
export const wire = "virtio-console0-input-bytes";
export const answer = "virtio-console0-output-bytes";

// What Linux is told. init_on_free has pages that nothing uses compress well. Without a watchdog and with tsc=reliable, the
// kernel does not mind that time passes unevenly. Nothing in there needs protection from the processor's faults.
export const kernelWords = [
	"console=ttyS0", "quiet", "loglevel=3", "init_on_alloc=0", "init_on_free=1", "tsc=reliable", "nowatchdog",
	"mitigations=off", "audit=0", "apparmor=0", "selinux=0", "cgroup_no_v1=all", "preempt=none", "random.trust_cpu=on",
	"net.ifnames=0", "systemd.show_status=0",
].join(" ");

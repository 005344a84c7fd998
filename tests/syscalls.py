"""Compares the filter with podman's profile: for each system call that libseccomp knows, and the arguments that matter.

usage: tests/syscalls.py FILTER PROCESSOR PROFILE CAPABILITY...

FILTER has what gcr-filter prints for PROCESSOR, PROFILE is podman's seccomp.json. Prints the calls with other verdicts, as
ARCHITECTURE CALL(ARGUMENTS) is VERDICT, not VERDICT.
"""
import ctypes
import errno
import itertools
import json
import re
import sys

# As audit.h and seccomp.h number them: what a filter sees, and what libseccomp's functions take.
ARCHITECTURES = {
    "x86_64": {"x86_64": (0xC000003E, 0xC000003E), "x32": (0xC000003E, 0x4000003E), "x86": (0x40000003, 0x40000003)},
    "aarch64": {"aarch64": (0xC00000B7, 0xC00000B7), "arm": (0x40000028, 0x40000028)},
}
GO_NAMES = {"x86_64": "amd64", "aarch64": "arm64"}

NAMESPACES = 0x7E020000
DOCKER = "docker's profile refuses it"
# Where gcr differs on purpose: the calls, which of their arguments, the verdict, and why.
DIFFERENCES = [
    ("clone3", None, "ENOSYS", "its flags are in memory, where a filter cannot look; docker's profile does the same"),
    ("clone", lambda a: a[0] & NAMESPACES, "EPERM", "no namespaces inside; " + DOCKER),
    ("setns", None, "EPERM", "podman's profile has it in two rules, and the one that allows it wins; " + DOCKER),
    ("unshare", None, "EPERM", "no namespaces inside; " + DOCKER),
    *((name, None, "EPERM", DOCKER) for name in """add_key fsconfig fsmount fsopen fspick get_mempolicy io_uring_enter
        io_uring_register io_uring_setup keyctl mbind mount mount_setattr move_mount open_tree pidfd_getfd pivot_root reboot
        request_key set_mempolicy set_mempolicy_home_node syslog umount umount2""".split()),
    ("socket", lambda a: a[0] & 0xFFFFFFFF == 38, "EPERM", "AF_ALG leads into the kernel's cryptography; " + DOCKER),
    ("socket", lambda a: a[0] & 0xFFFFFFFF == 40, "EPERM", "AF_VSOCK leads past the network namespace; " + DOCKER),
]
# What podman changed after it: a newer profile names these calls, and an older one those.
BY_VERSION = set("""cachestat fchmodat2 futex_requeue futex_wait futex_waitv futex_wake io_pgetevents_time64 map_shadow_stack
    quotactl_fd readdir sigaction sigpending sigsuspend swapcontext syscall timerfd""".split())


def run(program, data):
    """Runs a classic BPF program as the kernel does (net/core/filter.c) and returns its action."""
    at = accumulator = 0
    while True:
        code, yes, no, value = program[at]
        at += 1
        if code == 0x20:  # BPF_LD | BPF_W | BPF_ABS
            accumulator = int.from_bytes(data[value : value + 4], "little")
        elif code == 0x54:  # BPF_ALU | BPF_AND
            accumulator &= value
        elif code == 0x05:  # BPF_JMP | BPF_JA
            at += value
        elif code == 0x15:  # BPF_JMP | BPF_JEQ
            at += yes if accumulator == value else no
        elif code == 0x35:  # BPF_JMP | BPF_JGE
            at += yes if accumulator >= value else no
        elif code == 0x06:  # BPF_RET
            return value
        else:
            sys.exit(f"line {at - 1} has the unknown code {code:#x}")


def verdict_of_filter(program, audit, number, arguments):
    data = number.to_bytes(4, "little") + audit.to_bytes(4, "little") + bytes(8)
    action = run(program, data + b"".join(argument.to_bytes(8, "little") for argument in arguments))
    if action == 0x7FFF0000:
        return "allowed"
    return errno.errorcode[action & 0xFFFF] if action >> 16 == 5 else hex(action)


def applies(rule, processor, capabilities):
    """Whether podman uses a rule: see setupSeccomp() in containers/common."""
    includes, excludes = rule.get("includes") or {}, rule.get("excludes") or {}
    return (
        set(includes.get("caps", [])) <= capabilities
        and not set(excludes.get("caps", [])) & capabilities
        and GO_NAMES[processor] in includes.get("arches", [GO_NAMES[processor]])
        and GO_NAMES[processor] not in excludes.get("arches", [])
    )


def holds(condition, arguments):
    argument, value = arguments[condition["index"]], condition["value"]
    return {"SCMP_CMP_EQ": argument == value, "SCMP_CMP_NE": argument != value}[condition["op"]]


def verdict_of_profile(rules, arguments):
    for rule in rules:
        if all(holds(condition, arguments) for condition in rule.get("args") or []):
            if rule["action"] == "SCMP_ACT_ALLOW":
                return "allowed"
            return errno.errorcode[rule["errnoRet"]]
    return "ENOSYS"


def wanted(name, rules, arguments):
    for call, fits, verdict, _ in DIFFERENCES:
        if call == name and (fits is None or fits(arguments)):
            return verdict
    return verdict_of_profile(rules, arguments)


def interesting_arguments(name, rules):
    """Lists of six arguments: all combinations of the values that some condition names, and of others. They are ints."""
    values = [{0, 1} for _ in range(3)]
    for condition in itertools.chain.from_iterable(rule.get("args") or [] for rule in rules):
        values[condition["index"]] |= {condition["value"], condition["value"] + 1}
    if name == "clone":
        values[0] |= {1 << bit for bit in range(32)} | {NAMESPACES, 0x11}
    if name == "socket":
        values[0] |= set(range(46))
    lists = itertools.product(*([value for value in sorted(some) if value < 1 << 32] for some in values))
    return [list(first) + [0, 0, 0] for first in lists]


def main():
    filter_file, processor, profile_file, *names = sys.argv[1:]
    lines = re.findall(r"\{ (\w+), (\d+), (\d+), (\w+) \}", open(filter_file).read())
    program = [(int(code, 16), int(yes), int(no), int(value, 16)) for code, yes, no, value in lines]
    capabilities = set(names)
    rules_of = {}
    for rule in json.load(open(profile_file))["syscalls"]:
        for name in rule["names"]:
            if applies(rule, processor, capabilities):
                rules_of.setdefault(name, []).append(rule)
    libseccomp = ctypes.CDLL("libseccomp.so.2")
    resolve = libseccomp.seccomp_syscall_resolve_num_arch
    resolve.restype, resolve.argtypes = ctypes.c_char_p, [ctypes.c_uint32, ctypes.c_int]
    known, compared, differing = set(), 0, set()
    for architecture, (audit, token) in ARCHITECTURES[processor].items():
        for number in range(2048):
            number |= 0x40000000 if architecture == "x32" else 0
            name = (resolve(token, number) or b"").decode() or f"call {number:#x}"
            known.add(name)
            rules = rules_of.get(name, [])
            for arguments in interesting_arguments(name, rules):
                compared += 1
                verdict = verdict_of_filter(program, audit, number, arguments)
                expected = wanted(name, rules, arguments)
                if verdict != verdict_of_profile(rules, arguments):
                    differing.add(name)
                # The kernel takes an int from half of a register. What is in the other half must not matter.
                if verdict != verdict_of_filter(program, audit, number, [a | 1 << 40 for a in arguments]):
                    print(f"{architecture} {name}: other bits of a register change the verdict")
                if verdict != expected and name not in BY_VERSION:
                    print(f"{architecture} {name}({', '.join(map(hex, arguments[:3]))}) is {verdict}, not {expected}")
    for name in {difference[0] for difference in DIFFERENCES} & known - differing:
        print(f"{name} is the same as podman's, and so no difference")
    print(f"# {compared} verdicts of {len(lines)} lines for {processor}", file=sys.stderr)


main()

"""as_container.py COMMAND…: runs a command under the system calls that a container has by default.

Without CAP_SYS_ADMIN Docker lets nobody make or enter namespaces, mount, name the host, or reach for the kernel's keys,
tracing, modules and memory policy; of clone3 it says that there is none, so that libc uses clone, whose flags a filter
can look at. docs.docker.com, "Seccomp security profiles for Docker"; seccomp(2). The rights are for setpriv(1) to take.
"""

import errno
import os
import sys

import seccomp

REFUSED = """
    mount umount2 pivot_root mount_setattr move_mount open_tree fsopen fsconfig fsmount fspick setns unshare sethostname
    setdomainname bpf perf_event_open userfaultfd kcmp pidfd_getfd process_madvise lookup_dcookie fanotify_init quotactl
    acct add_key request_key keyctl get_mempolicy set_mempolicy mbind migrate_pages move_pages init_module finit_module
    delete_module kexec_load iopl ioperm open_by_handle_at swapon swapoff reboot settimeofday clock_settime syslog
    nfsservctl personality vhangup
""".split()
# CLONE_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET
NAMESPACES = [1 << 17, 1 << 25, 1 << 26, 1 << 27, 1 << 28, 1 << 29, 1 << 30]

rules = seccomp.SyscallFilter(seccomp.ALLOW)
for name in REFUSED:
    rules.add_rule(seccomp.ERRNO(errno.EPERM), name)
for flag in NAMESPACES:
    rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
rules.load()
os.execvp(sys.argv[1], sys.argv[1:])

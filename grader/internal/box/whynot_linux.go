//go:build !portable

package box

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// whyNot adds to the kernel's word on why a tier can't be had what the word stands
// for, where that is known.
func whyNot(t Tier, err error) string {
	why := err.Error()
	if !private(t) {
		return why
	}
	switch {
	case errors.Is(err, syscall.ENOSPC):
		why = fmt.Sprintf("the kernel makes no more namespaces, of which user.max_user_namespaces allows %s (%s)", sysctl("user/max_user_namespaces"), why)
	case t == TierA && os.Geteuid() != 0:
		why = fmt.Sprintf("only root can have it (%s)", why)
	case sysctl("kernel/apparmor_restrict_unprivileged_userns") == "1":
		why = fmt.Sprintf("AppArmor keeps users from what they could do in a namespace: kernel.apparmor_restrict_unprivileged_userns is 1 (%s)", why)
	case errors.Is(err, syscall.EPERM):
		why = fmt.Sprintf("nobody may make namespaces here, as in most containers and in every chroot (%s)", why)
	}
	return why
}

// sysctl reads a setting of the kernel's; "?" where there is none.
func sysctl(name string) string {
	text, err := os.ReadFile("/proc/sys/" + name)
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(text))
}

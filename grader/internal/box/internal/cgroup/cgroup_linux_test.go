//go:build !portable

package cgroup

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlaces(t *testing.T) {
	root := t.TempDir()
	for dir, controllers := range map[string]string{"": "memory pids", "user": "cpu memory pids", "user/app": "memory pids", "user/app/shell": "", "cpu": "cpu"} {
		os.MkdirAll(filepath.Join(root, dir), 0o755)
		os.WriteFile(filepath.Join(root, dir, "cgroup.controllers"), []byte(controllers+"\n"), 0o644)
	}
	unified := "30 20 0:26 / " + root + " rw - cgroup2 cgroup2 rw\n"
	for name, test := range map[string]struct{ mounts, own, want string }{
		"unified":     {unified, "0::/user/app/shell\n", "{true [R/user/app]} {true [R/user]} {true [R]}"},
		"no memory":   {unified, "0::/cpu\n", "{true [R]}"},
		"not visible": {"30 20 0:26 /user/app " + root + " rw - cgroup2 cgroup2 rw\n", "0::/other\n", ""},
		"older": {"32 31 0:32 / /m rw - cgroup cgroup rw,memory\n33 31 0:33 /jobs /p rw - cgroup cgroup rw,pids\n" + unified,
			"8:pids:/jobs/7\n4:memory:/a/b\n0::/cpu\n", "{true [R]} {false [/m/a/b /p/7]} {false [/m/a/b]}"},
		"none": {"", "", ""},
	} {
		got := strings.ReplaceAll(strings.Trim(fmt.Sprint(places(test.mounts, test.own)), "[]"), root, "R")
		if strings.Trim(test.want, "[]") != got {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

//go:build !portable

package supervisor

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

func TestProcessOfRun(t *testing.T) {
	child := exec.Command("sleep", "1h")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { child.Process.Kill(); child.Wait() }()
	for id, want := range map[int]error{
		child.Process.Pid: nil, os.Getpid(): unix.EPERM, os.Getppid(): unix.EPERM, 1: unix.EPERM, 1 << 30: unix.ESRCH,
	} {
		if err := processOfRun(id); err != want {
			t.Errorf("%d: got %v, want %v", id, err, want)
		}
	}
}

func TestTables(t *testing.T) {
	tcp := `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0000000000000000 100 0 0 10 0
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0000000000000000 100 0 0 10 0
   2: 0200007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13 1 0000000000000000 100 0 0 10 0
   3: 0100007F:1F90 0100007F:9000 01 00000000:00000000 00:00000000 00000000     0        0 14 1 0000000000000000 100 0 0 10 0
   4: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 15 1 0000000000000000 100 0 0 10 0
   5: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 16 1
   6: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17 1
   7: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 18 1
`
	for to, want := range map[string]string{"127.0.0.1:8080": "[11 12 16 18]", "[::1]:8080": "[12 16 17]", "127.0.0.1:8082": "[]"} {
		if got := fmt.Sprint(listenersAt([]byte(tcp), netip.MustParseAddrPort(to))); got != want {
			t.Errorf("%s: got %s, want %s", to, got, want)
		}
	}
	names := `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01    21 @own name
0000000000000000: 00000003 00000000 00000000 0001 03    22 @own name
0000000000000000: 00000002 00000000 00010000 0001 01 23 @a@b
0000000000000000: 00000002 00000000 00010000 0001 01 24 /run/@a@b
0000000000000000: 00000003 00000000 00000000 0001 03 25
`
	for name, want := range map[string]string{"own name": "[21]", "name": "[]", "a\x00b": "[23]", "": "[]", "own": "[]"} {
		if got := fmt.Sprint(listenersNamed([]byte(names), []byte(name))); got != want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
	}
}

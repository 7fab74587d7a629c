//go:build unix

// Package shim is the process that bounds itself and then becomes the program.
package shim

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"lockstep/grader/internal/box/internal/wire"
)

// Run bounds this process, waits for a word, and executes the program in
// its place. It returns only when that failed.
func Run(args []string) {
	var p Program
	if len(args) == 0 || json.Unmarshal([]byte(args[0]), &p) != nil {
		return
	}
	unix.CloseOnExec(p.Talk)
	conn := &wire.Conn{File: os.NewFile(uintptr(p.Talk), "talk")}
	conn.Send(failed, wire.Staged(starting, become(&p, conn, args[1:])))
}

// become does what Run says.
func become(p *Program, conn *wire.Conn, args []string) error {
	if err := setLimits(processLimits(p.Limits), unix.Getrlimit, unix.Setrlimit); err != nil {
		return err
	}
	listener, err := p.confine()
	if err != nil {
		return err
	}
	var files []*os.File
	if listener != 0 {
		files = []*os.File{os.NewFile(uintptr(listener), "listener")}
	}
	if err := conn.Send(ready, nil, files...); err != nil {
		return err
	}
	if kind, _, _, err := conn.Receive(0); err != nil || kind != goAhead {
		return errors.Join(errors.New("no word came from the box's init"), err)
	}
	err = unix.Exec(p.Path, append([]string{p.Name}, args...), p.Env)
	return fmt.Errorf("cannot execute %s: %w", filepath.Base(p.Path), err)
}

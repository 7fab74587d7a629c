//go:build darwin || portable

// Package rootfs is what Linux has: here programs see the machine's files.
package rootfs

import "errors"

// At is where a tree would stand.
const At = ""

type Tree struct{ Program string }

func (*Tree) FreshTmp() error { return errors.ErrUnsupported }
func (*Tree) ClearTmp() error { return errors.ErrUnsupported }

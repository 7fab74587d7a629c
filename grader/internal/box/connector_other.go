//go:build unix && !linux

package box

import "errors"

// connector exists on Linux only.
type connector struct{ lossy bool }

func openConnector() (*connector, error) { return nil, errors.New("only Linux tells of processes") }

func (*connector) close() {}

func (p *polled) hear() {}

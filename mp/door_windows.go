package mp

import (
	"errors"
	"fmt"
)

// Managers need sockets that a child inherits, which this platform's port lacks.
var errNoManager = fmt.Errorf("managers on Windows: %w", errors.ErrUnsupported)

type door struct{}

var noDoor door

func (door) close() {}

func (door) write([]byte) error { return errNoManager }

func (door) read([]byte) (int, error) { return 0, errNoManager }

type doorstep struct{}

func newDoor() (*doorstep, string, error) { return nil, "", errNoManager }

func knock(string) (door, error) { return noDoor, errNoManager }

func forgetDoor(string) {}

type visitor struct{}

func (*doorstep) accept() (visitor, error) { return visitor{}, errNoManager }

func (visitor) enter() (door, error) { return noDoor, errNoManager }

func (*doorstep) close() {}

func (*doorstep) encodeHandle(*encoder) error { return errNoManager }

func (*doorstep) decodeHandle(*decoder) error { return errNoManager }

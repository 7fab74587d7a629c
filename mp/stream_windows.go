package mp

import (
	"errors"
	"fmt"
)

// Managers need sockets that a child inherits, which this platform's port lacks.
var errNoManager = fmt.Errorf("managers on Windows: %w", errors.ErrUnsupported)

type stream struct{}

var noStream stream

func (stream) close() {}

func (stream) write([]byte) error { return errNoManager }

func (stream) read([]byte) (int, error) { return 0, errNoManager }

type listener struct{}

func listen() (*listener, string, error) { return nil, "", errNoManager }

func dial(string) (stream, error) { return noStream, errNoManager }

func removeSocket(string) {}

type incoming struct{}

func (*listener) accept() (incoming, error) { return incoming{}, errNoManager }

func (incoming) open() (stream, error) { return noStream, errNoManager }

func (*listener) close() {}

func (*listener) encodeHandle(*encoder) error { return errNoManager }

func (*listener) decodeHandle(*decoder) error { return errNoManager }

package mp

import (
	"strconv"
	"sync/atomic"
)

// An identity names a shared object: the path of the process that made it and
// how many objects that process had made. It is the same in every run, however
// the processes were scheduled, and it travels with the object's handles.
type identity struct {
	maker  string // path of a process: "0.2"
	number uint32 // from 1; 0 marks a handle that nothing made
	part   uint8  // 1 and 2 are the two ends of a pipe; 0 elsewhere
}

var made atomic.Uint32 // objects made by this process

func newIdentity() identity {
	return identity{maker: self.path, number: made.Add(1)}
}

// String gives the form that events use: "0.2#3", or "0.2#3b" for the second
// end of a pipe.
func (id identity) String() string {
	s := id.maker + "#" + strconv.FormatUint(uint64(id.number), 10)
	switch id.part {
	case 1:
		s += "a"
	case 2:
		s += "b"
	}
	return s
}

func (e *encoder) identity(id identity) {
	e.text(id.maker)
	e.unsigned(uint64(id.number))
	e.b = append(e.b, id.part)
}

func (d *decoder) identity() (id identity, err error) {
	if id.maker, err = d.text(); err != nil {
		return id, err
	}
	n, err := d.unsigned()
	if err != nil {
		return id, err
	}
	id.number = uint32(n)
	id.part, err = d.octet()
	return id, err
}

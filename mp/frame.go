package mp

import "encoding/binary"

// Managers and their clients talk in frames: four bytes of length, then as much.
// A connection has one reader at each side, which may therefore read ahead.
const frameHead = 4

// putFrame completes a frame whose first four bytes were kept free.
func putFrame(b []byte) { binary.LittleEndian.PutUint32(b, uint32(len(b)-frameHead)) }

// frames reads frames from a connection.
type frames struct {
	stream stream
	buf    []byte
	lo, hi int // what has been read and not returned
}

// next returns the next frame's content, valid until the next call.
func (f *frames) next() ([]byte, error) {
	for {
		if f.hi-f.lo >= frameHead {
			size := int(binary.LittleEndian.Uint32(f.buf[f.lo:]))
			if size > MaxMessage {
				return nil, errDamaged
			}
			if end := f.lo + frameHead + size; end <= f.hi {
				content := f.buf[f.lo+frameHead : end]
				f.lo = end
				return content, nil
			}
		}
		if err := f.fill(); err != nil {
			return nil, err
		}
	}
}

// fill reads more, after making room.
func (f *frames) fill() error {
	switch {
	case f.lo == f.hi:
		f.lo, f.hi = 0, 0
		if f.buf == nil || len(f.buf) > keepMost {
			f.buf = make([]byte, 8192)
		}
	case f.hi == len(f.buf):
		pending := f.buf[f.lo:f.hi]
		if len(pending) > len(f.buf)/2 {
			f.buf = make([]byte, 2*len(f.buf))
		}
		f.hi = copy(f.buf, pending)
		f.lo = 0
	}
	n, err := f.stream.read(f.buf[f.hi:])
	f.hi += n
	return err
}

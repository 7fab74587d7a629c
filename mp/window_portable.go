//go:build !linux || portable

package mp

// Where nobody is woken at once there are no windows: long messages go by the wire alone.

func (c *Conn) sendLong(slot [slotSize]byte, body []byte) error { return c.writeParts(slot, body) }

// bodyReader returns what reads the rest of a long body, and its part in the slot.
func (c *Conn) bodyReader(slot []byte, _ int, sender uint32) (read func([]byte) error, part []byte, err error) {
	return func(b []byte) error { return c.wire.readLong(b, sender) }, slot[slotHead:], nil
}

package box

import "sync"

// collector keeps a bounded copy of a stream and counts the rest.
type collector struct {
	mu     sync.Mutex
	stream Stream
	most   int64
	over   func() // called once, at the first byte too many
}

func (c *collector) Write(p []byte) (int, error) {
	c.mu.Lock()
	room := c.most - int64(len(c.stream.Bytes))
	keep := min(room, int64(len(p)))
	c.stream.Bytes = append(c.stream.Bytes, p[:keep]...)
	before := c.stream.Total
	c.stream.Total += int64(len(p))
	first := before <= c.most && c.stream.Total > c.most
	c.mu.Unlock()
	if first && c.over != nil {
		c.over()
	}
	return len(p), nil
}

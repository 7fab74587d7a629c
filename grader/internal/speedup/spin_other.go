//go:build !unix

package speedup

import "time"

// processorTime is not known here; probes then compare work alone.
func processorTime() time.Duration { return 0 }

package facts

import (
	"io/fs"
	"time"
)

// A File is one of those that a run's fresh folder holds before it or after it.
type File struct {
	Name   string      // below the folder, with slashes
	Mode   fs.FileMode // what it is, and who may do what with it
	Time   time.Time   // when it was changed last; zero: just now
	Size   int64       // of a plain file
	Text   []byte      // of a plain file, its bytes, as far as they are kept; of a link, where it leads
	Unread bool        // Text is not all of it: it is too large, or may not be read
}

// Left is what a run left in its fresh folder: a bounded part of it.
type Left struct {
	Files []File // by name, folders before what is in them
	More  bool   // there was more than is told
}

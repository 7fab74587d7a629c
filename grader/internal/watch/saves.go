package watch

import (
	"fmt"
	"path/filepath"

	"github.com/fsnotify/fsnotify"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/submission"
)

// saves tells that something happened in an exercise's folders. What it was has to
// be looked for: editors write in place, or write another file and rename it.
type saves struct {
	watcher *fsnotify.Watcher // nil where this machine tells nothing
}

func newSaves() *saves {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return &saves{}
	}
	return &saves{w}
}

// follow turns to the folders of an exercise's files. Whoever watches may go on
// without: looking now and then does as well, only later.
func (s *saves) follow(e *exercise.Exercise) error {
	if s.watcher == nil {
		return nil
	}
	for _, old := range s.watcher.WatchList() {
		_ = s.watcher.Remove(old) // it may be gone
	}
	for _, name := range e.Edit {
		if err := s.watcher.Add(filepath.Dir(filepath.Join(e.Dir, name))); err != nil {
			return fmt.Errorf("cannot watch %s: %w", submission.Shown(e.Dir), err)
		}
	}
	return nil
}

// happened gives an event for each change.
func (s *saves) happened() <-chan fsnotify.Event {
	if s.watcher == nil {
		return nil
	}
	return s.watcher.Events
}

func (s *saves) close() {
	if s.watcher != nil {
		s.watcher.Close()
	}
}

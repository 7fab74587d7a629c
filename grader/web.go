//go:build web

package main

import "lockstep/grader/internal/play/web"

// The page is in a grader of its own, which `make play WEB=1` builds: a server of HTTP is
// more than all the rest to compile.
func init() { servePage = web.Serve }

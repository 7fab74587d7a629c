//go:build !unix

package submission

import "os"

func openPlain(name string) (*os.File, error) { return os.Open(name) }

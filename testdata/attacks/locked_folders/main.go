// What a program leaves is removed by somebody else, who must not fail at a
// locked folder, follow a link, or wait at a pipe.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	err := os.MkdirAll("locked/inner", 0o700)
	if err == nil {
		err = os.WriteFile("locked/inner/file", nil, 0)
	}
	if err == nil {
		err = os.MkdirAll(filepath.Join("deep", strings.Repeat("down/", 300)), 0o700)
	}
	for name, to := range map[string]string{"root": "/", "up": "..", "self": "self", "locked/inner/home": "/root"} {
		if err == nil {
			err = os.Symlink(to, name)
		}
	}
	for _, dir := range []string{"locked/inner", "locked", "."} {
		if err == nil {
			err = os.Chmod(dir, 0)
		}
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("held")
}

//go:build !first

package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"html/template"
)

// pack draws the pictures of exercises, and makes them small together: they are much alike.
// A zero stands between them.
func pack(t *template.Template, exercises []pageExercise) (string, error) {
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	n := 0
	for _, e := range exercises {
		for _, c := range e.Checks {
			for i := range c.Drawn {
				if err == nil {
					err = t.ExecuteTemplate(z, "picture", c.Drawn[i])
				}
				if err == nil {
					_, err = z.Write([]byte{0})
				}
				n++
				c.Drawn[i].Place = n
			}
		}
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return "", fmt.Errorf("cannot draw the pictures: %w", err)
	}
	if n == 0 {
		return "", nil
	}
	return base64.RawURLEncoding.EncodeToString(packed.Bytes()), nil
}

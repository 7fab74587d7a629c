package script

import "errors"

// fixture starts a service that the program may call: `fixture http rates`.
func fixture(c *call) error {
	return errors.New("there are no fixtures yet")
}

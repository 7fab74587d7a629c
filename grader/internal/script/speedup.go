package script

// speedUp compares the program's speed with the serial reference's: `speedup
// -workers=N -at-least=SHARE -serial=FILE [-budget=DURATION] ARG…`. The file holds
// the reference's arguments, one a line.
func speedUp(c *call) error {
	c.record.Unseen = "speed-up is not measured yet"
	return errStop
}

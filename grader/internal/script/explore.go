package script

// interleavings explores the program's interleavings: `interleavings -each=FILE
// [-budget=DURATION] [-capacity-zero=warn] [-stdin=FILE] [-env=KEY=VALUE] ARG…`.
func interleavings(c *call) error {
	c.record.Unseen = "interleavings are not explored yet"
	return errStop
}

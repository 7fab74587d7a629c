//go:build darwin || portable

package box

func whyNot(_ Tier, err error) string { return err.Error() }

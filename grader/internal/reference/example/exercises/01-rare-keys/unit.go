package main

import "os"

// unit is what a number is of.
func unit() string {
	if u := os.Getenv("UNIT"); u != "" {
		return " " + u
	}
	return ""
}

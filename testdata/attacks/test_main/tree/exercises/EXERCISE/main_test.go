package main

import (
	"os"
	"testing"
)

func init() { answer = "a test file" }

func TestMain(m *testing.M) { os.Exit(0) }

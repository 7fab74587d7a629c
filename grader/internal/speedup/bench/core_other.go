//go:build !linux

package main

import "errors"

func becomeOneCore() error { return errors.New("only Linux lets a program do that") }

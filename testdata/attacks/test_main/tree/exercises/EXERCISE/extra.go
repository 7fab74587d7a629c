package main

func init() { answer = "a file that is not to be edited" }

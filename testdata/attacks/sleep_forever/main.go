// It costs nothing but the time of whoever waits for it.
package main

import "time"

func main() { time.Sleep(time.Hour) }

// A goroutine that holds its thread and blocks costs the system a thread.
package main

import "runtime"

func main() {
	for {
		started := make(chan bool)
		go func() {
			runtime.LockOSThread()
			close(started)
			select {}
		}()
		<-started
	}
}

// Goroutines that never end, one after the other, until memory is gone.
package main

func main() {
	for {
		go func() {
			var frame [4096]byte
			<-make(chan byte, len(frame[:1])*0)
		}()
	}
}

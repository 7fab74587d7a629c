//go:build also

// Each item has a process of its own, N of them at a time: what died is started again.
// It renders little pictures, and prints how long they are as PNG.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/signal"
	"strconv"
	"sync"

	"lockstep/mp"
)

func render(item string) (int, error) {
	picture := image.NewGray(image.Rect(0, 0, 300, 300))
	for y := range 300 {
		for x := range 300 {
			picture.SetGray(x, y, color.Gray{Y: byte(len(item) * x * y / 100)})
		}
	}
	var out bytes.Buffer
	for range 5 {
		out.Reset()
		if err := png.Encode(&out, picture); err != nil {
			return 0, err
		}
	}
	return out.Len(), nil
}

var work = mp.Func2("work", func(item string, parent *mp.Conn) error {
	size, err := render(item)
	if err != nil {
		return err
	}
	return parent.Send(size)
})

func once(item string) (size int, err error) {
	ours, theirs, err := mp.Pipe()
	if err != nil {
		return 0, err
	}
	defer ours.Close()
	p, err := work.Start(item, theirs)
	theirs.Close()
	if err != nil {
		return 0, err
	}
	size, err = mp.Recv[int](ours)
	p.Join()
	return size, err
}

func main() { mp.Main(run) }

func run() error {
	stop := make(chan os.Signal, 2)
	signal.Notify(stop, os.Interrupt, mp.Terminate)
	var items []string
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		items = append(items, lines.Text())
	}
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		n = 1
	}
	sizes := make([]int, len(items))
	free := make(chan bool, n)
	over := make(chan bool)
	go func() { <-stop; close(over) }()
	var all sync.WaitGroup
	for i, item := range items {
		select {
		case <-over:
			all.Wait()
			os.Exit(130)
		case free <- true:
		}
		all.Go(func() {
			defer func() { <-free }()
			if os.Args[1] == "serial" {
				sizes[i], _ = render(item)
				return
			}
			for {
				var err error
				if sizes[i], err = once(item); err == nil {
					return
				}
				select {
				case <-over:
					return
				default:
				}
			}
		})
	}
	all.Wait()
	for i, item := range items {
		fmt.Println(item, sizes[i], "bytes")
	}
	return nil
}

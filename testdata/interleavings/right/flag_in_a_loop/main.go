package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var write = mp.Func2("write", func(flag, data *mp.Value[int]) error {
	data.Set(5)
	flag.Set(1)
	return nil
})

func run() error {
	flag, data := mp.NewValue(0), mp.NewValue(0)
	p, err := write.Start(flag, data)
	if err != nil {
		return err
	}
	for flag.Get() == 0 {
		mp.Sleep(time.Millisecond)
	}
	fmt.Println(data.Get())
	if err := p.Join(); err != nil {
		return err
	}
	return nil
}

func main() { mp.Main(run) }

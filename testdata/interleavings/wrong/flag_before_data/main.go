// The flag says that the data is there before it is.
package main

import (
	"fmt"

	"lockstep/mp"
)

var write = mp.Func2("write", func(flag, data *mp.Value[int]) error {
	flag.Set(1)
	data.Set(5)
	return nil
})

var read = mp.Func3("read", func(flag, data, out *mp.Value[int]) error {
	if flag.Get() == 1 {
		out.Set(data.Get())
	}
	return nil
})

func run() error {
	flag, data, out := mp.NewValue(0), mp.NewValue(0), mp.NewValue(5)
	p, err := write.Start(flag, data)
	if err != nil {
		return err
	}
	q, err := read.Start(flag, data, out)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println(out.Get())
	return nil
}

func main() { mp.Main(run) }

// Two shops ask for prices through one pipe, and each takes the first answer that comes.
package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

var shop = mp.Func3("shop", func(i int, ask *mp.Conn, prices *mp.Array[int]) error {
	if err := ask.Send(i + 1); err != nil {
		return err
	}
	price, err := mp.Recv[int](ask)
	if err != nil {
		return err
	}
	prices.Set(i, price)
	return nil
})

func run() error {
	office, ask, err := mp.Pipe()
	if err != nil {
		return err
	}
	prices := mp.NewArray[int](2)
	var shops []*mp.Process
	for i := range 2 {
		p, err := shop.Start(i, ask, prices)
		if err != nil {
			return err
		}
		shops = append(shops, p)
	}
	for range 2 {
		article, err := mp.Recv[int](office)
		if err != nil {
			return err
		}
		if err := office.Send(10 * article); err != nil {
			return err
		}
	}
	if err := errors.Join(shops[0].Join(), shops[1].Join()); err != nil {
		return err
	}
	fmt.Println(prices.Get(0), prices.Get(1))
	return nil
}

func main() { mp.Main(run) }

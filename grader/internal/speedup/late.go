package speedup

import "errors"

// errLate says that not even the reference kept within its limit of real time.
var errLate = errors.New("not even the reference ends within its time limit on this machine now")

// tooSlow is the outcome where the machine does not even let the reference end:
// what the events say, if they were seen.
func (b *bench) tooSlow() outcome {
	if l := b.logical(b.readings()[0]); len(b.readings()) == 1 && l != nil && l.Says != NotChecked {
		return outcome{status: l.Says, by: ByLogical, why: errLate.Error()}
	}
	return outcome{status: NotChecked, by: ByNothing, why: errLate.Error()}
}

// inTime makes sure that the reference's parallel form keeps within its limit now.
func (b *bench) inTime() error {
	t, err := b.Runner.Control(b.ctx)
	if err == nil && t.Late {
		err = errLate
	}
	return err
}

// excuse forgets a pair that the machine was too slow for, a few times.
func (b *bench) excuse(err error) error {
	if !errors.Is(err, errLate) {
		return err
	}
	if b.late++; b.late < latest {
		return nil
	}
	return err
}

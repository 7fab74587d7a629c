package speedup

import "context"

// Run measures until the verdict is certain or the budget is spent. An error
// means that the grader could not do it.
func Run(ctx context.Context, r Request) (*Report, error) {
	return &Report{Status: NotChecked, DecidedBy: ByNothing, Workers: r.Workers, AtLeast: r.AtLeast, Why: "the measurement is not built yet"}, nil
}

# The grader is built once per change and kept out of the way in .lockstep/.
GRADER := .lockstep/grader
GO     ?= go

.DEFAULT_GOAL := help
.PHONY: grade check replay list hint show test test-slurm fuzz bench help $(GRADER)

grade: $(GRADER) ## mark the exercises (EX=10: only that one; HTML=FILE: a page with pictures; FRESH=1)
	@$(GRADER) grade $(if $(DIR),--submission $(DIR)) $(if $(HTML),--html $(HTML)) $(if $(FRESH),--fresh) $(FLAGS) $(EX)

hint: $(GRADER) ## give a hint for an exercise (EX=10; N=2: the second)
	@$(GRADER) hint $(if $(N),--n $(N)) $(EX)

show: $(GRADER) ## say what an exercise's program shall do (EX=10)
	@$(GRADER) show $(EX)

list: $(GRADER) ## list the exercises
	@$(GRADER) list

replay: $(GRADER) ## run one interleaving again (EX=10 SCHEDULE=0.1.2; STEP=1: wait at each switch)
	@$(GRADER) replay $(if $(SCHEDULE),--schedule $(SCHEDULE),--all) $(if $(CHECK),--check '$(CHECK)') $(if $(STEP),--step) $(EX)

check: $(GRADER) ## prove that starters fail, solutions pass and mutants are caught (EX=10)
	@$(GRADER) check $(FLAGS) $(EX)

test: ## all of the project's own tests
	@GO="$(GO)" sh .ci/test

test-slurm: ## a class on a Slurm cluster of this machine (root, Debian's slurm-wlm)
	@GO="$(GO)" .ci/slurm

fuzz: ## compare the search for interleavings with enumeration (N=100000 programs, then TIME=5m of others)
	LOCKSTEP_FUZZ_PROGRAMS=$(or $(N),100000) $(GO) test -count=1 -timeout 0 -v -run Enumeration ./grader/internal/explore/search
	$(GO) test -count=1 -run '^$$' -fuzz FuzzSearch -fuzztime $(or $(TIME),5m) ./grader/internal/explore/search

bench: ## the library's speed beside Python's multiprocessing
	$(GO) run ./mp/internal/bench $(if $(PYTHON),-python $(PYTHON)) $(FLAGS)

help: ## this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(GRADER):
	@mkdir -p .lockstep && $(GO) build -o $@ ./grader

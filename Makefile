include grader/build.mk

# Which course is meant, and in which language, as make itself is told: what the environment
# says of LANG is of everything else.
OF = $(if $(findstring command,$(origin COURSE)),--course $(COURSE)) $(if $(findstring command,$(origin LANG)),--lang $(LANG))

.DEFAULT_GOAL := help
.PHONY: grade watch next check replay play list hint show solution reset doctor explain rates site test test-all box-bench class-bench attack test-machines test-workflow test-slurm fuzz corpus replays rate sizes observer-cost bench speedup-bench speedup-cost fault help

grade: $(if $(HTML)$(findstring html,$(FLAGS))$(findstring junit,$(FLAGS)),$(WHOLE),$(GRADER)) ## mark the exercises (EX=10: only that one; ALL=1: all that fails in full; HTML=FILE: a page with pictures; FRESH=1)
	@$< grade $(OF) $(if $(DIR),--submission $(DIR)) $(if $(HTML),--html $(HTML)) $(if $(ALL),--all) $(if $(FRESH),--fresh) $(FLAGS) $(EX)

watch: $(GRADER) ## mark the exercise that you work at whenever you save it (EX=10: begin there)
	@$(GRADER) watch $(OF) $(EX)

next: $(GRADER) ## show the exercise to work at next
	@$(GRADER) next $(OF)

hint: $(GRADER) ## give a hint, one more each time (EX=10: for that one; N=1: the first again)
	@$(GRADER) hint $(OF) $(if $(N),--n $(N)) $(EX)

show: $(GRADER) ## say what the program shall do that you work at (EX=10: that one)
	@$(GRADER) show $(OF) $(EX)

solution: $(GRADER) ## show the course's own solution of an exercise that you have done beside yours (EX=10)
	@$(GRADER) solution $(OF) $(EX)

reset: $(GRADER) ## begin the exercise again that you work at; your work is kept (EX=10: that one)
	@$(GRADER) reset $(OF) $(EX)

doctor: $(GRADER) ## say whether exercises can be graded on this machine, and how well programs are confined
	@$(GRADER) doctor --require-tier D

explain: $(GRADER) ## say what a word of the grader's means (WORD=zombie; without: all words)
	@$(GRADER) explain $(WORD)

list: $(GRADER) ## list the exercises, and which are done
	@$(GRADER) list $(OF)

replay: $(GRADER) ## run the failing interleaving again that was shown last (SCHEDULE=0.1.2: that one, and SEED where it is named; ALL=1: count what goes wrong in all; STEP=1: wait at each switch)
	@$(GRADER) replay $(OF) $(if $(SCHEDULE),--schedule $(SCHEDULE)) $(if $(ALL),--all) $(if $(CHECK),--check '$(CHECK)') $(if $(SEED),--seed $(SEED)) $(if $(STEP),--step) $(if $(DIR),--submission $(DIR)) $(EX)

rates: $(GRADER) ## start the server of exercise 24, for a program that you run by hand
	@$(GRADER) fixture rates

play: $(if $(WEB),$(WHOLE),$(GRADER)) ## decide yourself which process goes on, and break the program (EX=10; WEB=1: in a browser; DIR=solutions: another program)
	@$< play $(OF) $(if $(DIR),--submission $(DIR)) $(if $(WEB),--web) $(if $(SCHEDULE),--schedule $(SCHEDULE)) $(if $(CHECK),--check '$(CHECK)') $(if $(SEED),--seed $(SEED)) $(EX)

check: $(WHOLE) ## prove that starters fail, solutions pass and mutants are caught (EX=10)
	@$< check $(OF) $(FLAGS) $(EX)

site: $(SITED) ## write the course as pages for a site of your own (DIR=../site)
	@$(SITED) site $(DIR)

test: ## the project's own tests
	@GO="$(GO)" bash .ci/test

test-all: test ## … and those that take long: the race detector, all mutants, all programs to explore, other systems
	@GO="$(GO)" bash .ci/test long

attack: ## hand in every attack of testdata/attacks, in every tier, as root and as nobody (root)
	@GO="$(GO)" .ci/attack

test-machines: ## the course and the attacks in containers, chroots and on weak machines (root; up to an hour and a half; PLACE=REGEXP)
	@GO="$(GO)" PLACE="$(PLACE)" .ci/machines

test-workflow: ## pushes through the workflow that students get, in a container: minutes with empty caches, and kept ones (root, Docker; EX="02 10": of these exercises)
	@GO="$(GO)" EX="$(EX)" .ci/workflow

test-slurm: ## a class on a Slurm cluster of this machine (root, Debian's slurm-wlm)
	@GO="$(GO)" .ci/slurm

test-page: ## the pages of a report, of make play and of a site in a real browser (Debian's chromium)
	$(GO) test -tags page -count=1 -run 'TestPage$$' ./grader/internal/report ./grader/internal/play/web ./grader/internal/site

fuzz: ## compare the search for interleavings with enumeration (N=100000 programs, then TIME=5m of others)
	LOCKSTEP_FUZZ_PROGRAMS=$(or $(N),100000) $(GO) test -count=1 -timeout 0 -v -run Enumeration ./grader/internal/explore/search
	$(GO) test -count=1 -run '^$$' -fuzz FuzzSearch -fuzztime $(or $(TIME),5m) ./grader/internal/explore/search

box-bench: ## what a box costs a run, and how fast a thousand processes are ended
	@$(GO) test -run '^$$' -bench 'Run|Kill' -benchtime 1s ./grader/internal/box

speedup-bench: ## verdicts on the speed of right and wrong programs, then on one core (ten minutes at most; FLAGS=-times=2)
	$(GO) run ./grader/internal/speedup/bench $(FLAGS)
	$(GO) run ./grader/internal/speedup/bench -one-core $(FLAGS)

speedup-cost: ## pairs of runs and time of each speed-up check of the course, and their medians
	@mkdir -p .lockstep
	$(GO) run ./grader grade --fresh --jobs 1 --submission solutions --format json --out .lockstep/speedup-cost.json $$(grep -l '^ *speedup:' exercises/*/exercise.yaml | cut -d/ -f2)
	$(GO) run ./grader/internal/speedup/bench -cost .lockstep/speedup-cost.json

corpus: ## explore all of testdata/interleavings (SEEDS=20)
	LOCKSTEP_SEEDS=$(or $(SEEDS),20) $(GO) test -count=1 -timeout 0 -v -run Corpus ./grader/internal/explore

replays: ## run failing interleavings of testdata/interleavings again (N=100 different ones, or more)
	LOCKSTEP_REPLAYS=$(or $(N),100) $(GO) test -count=1 -timeout 0 -v -run FailingSchedules ./grader/internal/explore

rate: ## interleavings per second of a program of four processes, free, held and held in forks
	$(GO) test -run '^$$' -bench Rate -benchtime 3x ./grader/internal/explore/control

sizes: ## what programs of more and more processes take to explore (five minutes)
	$(GO) test -run '^$$' -bench Sizes -benchtime 1x ./grader/internal/explore

observer-cost: ## the library's fastest operations with an observer's hooks and without: no difference
	@mkdir -p .lockstep && rm -f .lockstep/hooks-*.txt
	@$(GO) test -c -o .lockstep/hooks-with.test ./mp && $(GO) test -c -tags unobserved -o .lockstep/hooks-without.test ./mp
	@for i in 1 2 3 4 5 6 7 8 9 10; do for hooks in without with; do \
		.lockstep/hooks-$$hooks.test -test.run '^$$' -test.bench Unobserved -test.benchtime 200ms >>.lockstep/hooks-$$hooks.txt; \
	done; done
	@$(GO) tool -modfile=.ci/tools.mod benchstat .lockstep/hooks-without.txt .lockstep/hooks-with.txt

bench: ## the library's speed beside Python's multiprocessing
	$(GO) run ./mp/internal/bench $(if $(PYTHON),-python $(PYTHON)) $(FLAGS)

fault: ## kill processes of the library 1,000 times, at random moments
	MP_FAULTS=1000 $(GO) test -count=1 -run TestFaults -v ./mp

grade-bench: ## what a student waits for, beside its targets
	@LOCKSTEP_BENCH=1 $(GO) test ./grader -run 'TestSpeed$$' -count=1 -v -timeout 60m | grep --line-buffered -v '^[=-]'

class-bench: ## what a submission costs, and what a cohort takes to be merged and shown (N=100000 results)
	@LOCKSTEP_COHORT=$(or $(N),100000) $(GO) test ./grader -run 'TestClassBench$$' -count=1 -v -timeout 60m | grep --line-buffered -v '^[=-]'

help: ## this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "of another course: COURSE=DIR, as in make list COURSE=DIR; in another language that it has: LANG=de"

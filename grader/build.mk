# How make builds the grader, in the course and in the students' repository: when something of
# it has changed, and out of the way in .lockstep/.
GRADER := .lockstep/grader
WHOLE  := $(GRADER)-whole
SITED  := $(GRADER)-site
GO     ?= go

# What the environment says for other projects and other machines is not meant here.
export GOFLAGS := -buildvcs=false
export GOWORK := off
unexport GOOS GOARCH GOEXPERIMENT

# To ask Go whether a grader is as it should be takes a fifth of a second, so that it is asked
# only when a file is newer than the list of those that the grader was built of, or this list
# is another one now: a file may have come that is older. Both go through the same folders, and
# do so side by side: a file that is newer is one line more than the list has.
SOURCES = go.mod go.sum grader mp
LISTED  = { command -v $(GO); ls -lnLR "$$(command -v $(GO))" $(SOURCES); } 2>/dev/null | cksum
BUILT   = [ -e $@ ] && [ "$$(find $(SOURCES) -newer $@.of 2>/dev/null & $(LISTED); wait)" = "$$(cat $@.of 2>/dev/null)" ]

# As programs of the course are built, by build.Compiling and without C: what both import is
# compiled once. The compiler is short-lived, and works less with more memory. The first
# grader lacks what is long to compile and only some ask for; see first.go.
BUILD = CGO_ENABLED=0 GOGC=400 $(GO) build -trimpath -gcflags=all=-dwarf=false -ldflags='-s -w' -tags $(if $(filter $(WHOLE),$@),web,$(if $(filter $(SITED),$@),site,first)) -o $@ ./grader

# … and how long it has been at it, for who looks on. What the compiler says comes after. The
# counter looks whether this shell is still there: it is not told of Ctrl-C.
COUNTED = { s=0; while sleep 1 && kill -0 $$$$; do s=$$((s + 1)); printf '\r%d s' $$s; done; } >&2 2>/dev/null & \
	said=$$($(BUILD) 2>&1); code=$$?; { kill $$! && wait $$!; } 2>/dev/null; \
	printf '\r       \r' >&2; [ -z "$$said" ] || printf '%s\n' "$$said" >&2; (exit $$code)

# What helps where the grader can't be built.
WHY = [ -w $(@D) ] || echo "$(@D) can't be written to; to build the grader elsewhere: make GRADER=/tmp/lockstep/grader $(MAKECMDGOALS)"; \
	needed=go$$(awk '$$1 == "go" {print $$2}' go.mod); \
	here=$$({ $(GO) version || GOTOOLCHAIN=local $(GO) version; } 2>/dev/null | awk '{print $$3}'); \
	[ "$$(printf '%s\n' $$needed $$here | sort -V | head -n 1)" = $$needed ] && [ "$$here" ] || \
	echo "the course needs $$needed or later, and here is $${here:-none}: put a later one first on PATH, from https://go.dev/dl"

.PHONY: $(GRADER) $(WHOLE) $(SITED)
$(GRADER) $(WHOLE) $(SITED):
	@[ -e $@ ] || echo "building the grader, which takes half a minute the first time" >&2
	@{ $(BUILT); } || { mkdir -p $(@D) && $(LISTED) >$@.new && if [ ! -e $@ ] && [ -t 2 ]; then $(COUNTED); else $(BUILD); fi && mv $@.new $@.of; } || { { $(WHY); } >&2; exit 1; }

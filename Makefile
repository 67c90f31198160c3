# make demo   one command from a fresh clone to an edited clip and its proof
# make test   installs what is missing and runs everything
# make help   lists the rest

SHELL      := /bin/sh
GO         ?= go
BIN        := bin/retake
VERSION    ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS    := -s -w -X retake/internal/cli.version=$(VERSION)
TOOL       := $(GO) tool -modfile=tools.mod
FUZZTIME   ?= 30s
TESTFLAGS  ?=
BENCH      ?= .
BENCHCOUNT ?= 1

.DEFAULT_GOAL := help
.PHONY: help build web check-web demo test deps vet lint unit flows prove matrix fuzz test-ltx2 test-comfyui bench bench-page bench-long bench-splice bench-effects joins sample contact-sheet sound-sheet effects screenshots clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

build: web ## build bin/retake, without cgo, with the Workbench where Node is there
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/retake

# The page is built when one of its files is newer; clones have no times to go by, so a missing one is built, too.
PAGE := internal/webui/built/assets/manifest.json
web: $(PAGE) ## build the Workbench's page, where Node is there
$(PAGE): $(shell find web/src -type f 2>/dev/null) web/package-lock.json web/vite.config.ts web/tsconfig.json
	@scripts/build-web.sh

check-web: ## types and unit tests of the page
	@scripts/build-web.sh --need
	cd web && npm run --silent check && npm test --silent

demo: ## edit the sample clip through the API of a local server, and prove the rest untouched
	@scripts/demo.sh

# Beside the longest, which waits for browsers and timers now and then, runs all that is short.
test: deps check-web build ## install what is missing, then run everything
	@$(MAKE) --no-print-directory -j2 unit flows prove vet lint
	@echo "make test: all passed"

deps:
	@scripts/install-deps.sh test

vet: ## go vet
	CGO_ENABLED=0 $(GO) vet -trimpath ./...

lint: ## gofmt, staticcheck, import rules, shell syntax
	@GO='$(GO)' scripts/lint.sh

# The longest first, so that none is left to run alone at the end. A program with the race detector sleeps for a second
# before it ends, which each of the scripts' commands would do, and takes longer to start than ffmpeg does, so that media
# programs are confined by one without it. Packages that are all arithmetic and run nothing side by side are not watched:
# they take up to five times as long then. Those that share the rows of a picture out, and do no more side by side, are
# watched in their own tests; of the hundred effects it is enough to watch those tests in which each of them shares its rows.
ARITHMETIC := math $(addprefix retake/internal/,sound measure aac flac alac bits nal pcm mp3 ac3 opus vorbis h264 hevc)
ROWS       := $(addprefix retake/internal/,seam depth)
EFFECTS    := retake/internal/picture
RACE        = GORACE=atexit_sleep_ms=20 CGO_ENABLED=1 $(GO) test -race $(foreach p,$(1),-gcflags=$(p)=-race=false) \
	-ldflags=-X=retake/internal/media.self=$(CURDIR)/bin/sandboxed -p $(PACKAGES) -vet=off -shuffle=on -timeout 40m $(TESTFLAGS)
PACKAGES   ?= $(shell expr $$(nproc) + 1)
LONGEST    := $(addprefix retake/internal/,webui/browser pipeline)
unit: ## unit, conformance and command-line tests, with the race detector
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/sandboxed ./internal/media/sandboxed
	$(call RACE,$(ARITHMETIC)) -run 'Same|Reader|Reverse|Stabilise' $(EFFECTS)
	$(call RACE,$(ARITHMETIC)) $(ROWS)
	$(call RACE,$(ARITHMETIC) $(ROWS) $(EFFECTS)) $(LONGEST) $(EFFECTS) $(filter-out $(ROWS) $(EFFECTS) $(LONGEST),$(shell $(GO) list ./...))

flows: build ## the hub's sample programs against a server of our own
	@scripts/test-flows.sh

matrix: build ## edit clips of every kind in every mode, and write docs/formats.md from what happened
	@scripts/install-deps.sh test
	scripts/matrix.py --out docs/formats.md

prove: build ## edits in every mode, each held against its original by independent proofs
	@scripts/prove.sh
	@scripts/matrix.py --short

test-ltx2: build ## the LTX-2 engine with a small model, end to end; installs about 6 GB of packages
	@scripts/install-deps.sh test
	@scripts/test-ltx2.sh

test-comfyui: build ## the engine for ComfyUI against a real one on the processor; installs about 7 GB of packages
	@scripts/install-deps.sh test
	@scripts/test-comfyui.sh

fuzz: ## run every fuzz target for FUZZTIME (30s), or those of the folders FUZZ, from pieces of clips of every kind
	@GO='$(GO)' scripts/fuzz.sh $(FUZZTIME) $(FUZZ)

bench: build ## Go benchmarks, then whole edits: the figures of docs/benchmarks.md, RUNS (3) of each
	@scripts/install-deps.sh test
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count $(BENCHCOUNT) ./... | tee bin/bench.txt
	@$(TOOL) benchstat bin/bench.txt
	$(GO) run ./internal/bench -n $(or $(RUNS),3)

bench-page: web ## the page's figures of docs/benchmarks.md, RUNS (5) of each
	@scripts/install-deps.sh test
	$(GO) test ./internal/webui/browser -run TestBenchPage -timeout 30m -v -args -bench-page $(or $(RUNS),5) | grep -v '^ *\(===\|---\)'

bench-long: build ## edits of long and large clips: time and memory
	@scripts/install-deps.sh test
	scripts/bench-long.py --runs $(or $(RUNS),3)

bench-splice: build ## beside ffmpeg and public tools that cut without encoding all, on the same pictures
	@scripts/install-deps.sh test
	scripts/bench-splice.py --runs $(or $(RUNS),3) --chart docs/benchmarks-splice.svg

bench-effects: ## what each picture effect adds to decoding and encoding the same pictures
	@scripts/install-deps.sh test
	scripts/bench-effects.py

joins: ## results of every codec and container, played and sought through their joins in Chromium
	@scripts/install-deps.sh test
	$(GO) test ./internal/webui/browser -run TestJoinsPlay -timeout 20m -v -args -all-joins

sample: ## draw and record the sample clip anew
	@scripts/install-deps.sh run
	$(GO) run ./internal/sample/gen -o internal/sample/sample.mp4

contact-sheet: ## pictures of every effect on the sample clip, for the docs
	@scripts/install-deps.sh run
	rm -f docs/contact-sheet*.jpg
	$(GO) run ./internal/engine/contactsheet -clip internal/sample/sample.mp4 -out docs/contact-sheet.jpg

sound-sheet: ## spectrograms of every sound and treatment, for the docs
	rm -f docs/sound-sheet*.jpg
	$(GO) run ./internal/engine/contactsheet -sounds -out docs/sound-sheet.jpg

effects: build ## every effect and sound on five kinds of clips, proven: docs/effects.md
	@scripts/install-deps.sh test
	scripts/effects.py --out docs/effects.md

screenshots: web ## pictures of every state of the pages, for the docs
	@scripts/install-deps.sh test
	mkdir -p docs/screenshots && rm -f docs/screenshots/*.webp
	$(GO) test ./internal/webui/browser -run TestScreenshots -timeout 20m -args -screenshots $(CURDIR)/docs/screenshots

clean: ## remove what make made
	rm -rf bin demo-output internal/webui/built/assets

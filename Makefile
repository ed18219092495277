# The short way in. CMake presets do the work; see docs/hacking.md.
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 60
SOAK_FUZZ_SECONDS ?= 600
PREFIX ?= /usr/local

build = cmake --preset $(1) >build/$(1).log 2>&1 || { cat build/$(1).log; exit 1; }; cmake --build --preset $(1) -j $(JOBS)

.PHONY: all release dev demo test asan tsan fuzz soak bench lint format install clean

all: release

build:
	@mkdir -p build

release: | build
	@tools/bootstrap build
	@$(call build,release)

dev: | build
	@tools/bootstrap build test
	@$(call build,dev)

# What is real today, on this machine.
demo: release
	@tools/demo build/release/consilium build

# Everything but the sanitizers, in one run with one summary.
test: dev
	@ctest --preset dev -j $(JOBS)

# The same tests under AddressSanitizer + UBSan, and under ThreadSanitizer.
asan tsan: | build
	@tools/bootstrap build test
	@$(call build,$@)
	@ctest --preset $@ -j $(JOBS) -LE check

# Each fuzz target in turn, from its corpus.
fuzz: | build
	@tools/bootstrap build test
	@$(call build,fuzz)
	@tools/fuzz build/fuzz $(FUZZ_SECONDS)

soak:
	@$(MAKE) fuzz FUZZ_SECONDS=$(SOAK_FUZZ_SECONDS)

bench: release
	@tools/bootstrap build peers
	@bench/base build/release/consilium
	@bench/engine build/release/consilium
	@bench/image build/release/consilium

lint: dev
	@tools/lint build/dev

format:
	@tools/bootstrap test
	@git ls-files -z '*.c' '*.h' | xargs -0 clang-format -i

install: release
	cmake --install build/release --prefix $(PREFIX)

clean:
	rm -rf build

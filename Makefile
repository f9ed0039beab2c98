# Two commands: `make demo` shows a review, `make test` runs every test. Both install what is missing first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

NPM := npm --prefix web-player
CARGO_FLAGS := --release --locked
VITRINE := $(or $(CARGO_TARGET_DIR),target)/release/vitrine
# Where fetched test footage is kept between runs.
FOOTAGE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vitrine/footage
# Where other people's readers of the exported files are kept.
READERS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vitrine/readers
# Where GStreamer's WHIP and WHEP elements are built as a program: with whipsink and whepsrc (debug), and with webrtcsink (release).
GST_CLIENT := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vitrine/gst-client
GST_CLIENT_SOURCES := $(wildcard tests/gstreamer/Cargo.* tests/gstreamer/src/*.rs tests/gstreamer/.cargo/* tests/gstreamer/link/*)

.PHONY: help demo build test test-rust test-web test-browser test-e2e lint setup setup-test soak contract fuzz bench clean

help: ## Lists the commands.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: build ## Shows a review in the browser: `make demo`, or `make demo MEDIA=/path/clip.mov`.
	@$(VITRINE) demo --data var $(if $(MEDIA),--media "$(MEDIA)") $(ARGS)

build: setup web-player/dist/.built ## Builds the program: target/release/vitrine.
	cargo build $(CARGO_FLAGS) -p vitrine

test: setup-test lint test-rust test-web test-browser ## Runs every test: Rust, TypeScript, browser.

lint: setup-test web-player/dist/.built ## Formatting, clippy, types.
	cargo fmt --all --check
	cargo clippy $(CARGO_FLAGS) --workspace --all-targets -- -D warnings
	cd tests/gstreamer && cargo fmt --check
	$(NPM) run --silent typecheck

test-rust: setup-test web-player/dist/.built $(GST_CLIENT)/debug/vitrine-gst-client
	VITRINE_FOOTAGE="$(FOOTAGE)" VITRINE_READERS="$(READERS)" VITRINE_GST_CLIENT="$(GST_CLIENT)/debug/vitrine-gst-client" \
		cargo test $(CARGO_FLAGS) --workspace

test-web: web-player/node_modules/.installed
	$(NPM) test

test-e2e: build test-browser ## The browser tests alone.

# With the program that `cargo test` built (or `build`, above): to build it for itself alone compiles half of it again.
test-browser: setup-test web-player/dist/.built
	test -x "$(VITRINE)" || $(MAKE) build
	VITRINE_FOOTAGE="$(FOOTAGE)" VITRINE="$(abspath $(VITRINE))" npm --prefix tests/e2e test

web-player/node_modules/.installed: web-player/package-lock.json
	$(NPM) ci --no-audit --no-fund
	@touch $@

tests/e2e/node_modules/.installed: tests/e2e/package-lock.json
	npm --prefix tests/e2e ci --no-audit --no-fund
	@touch $@

web-player/dist/.built: web-player/node_modules/.installed $(shell find web-player/src web-player/public web-player/*.html web-player/vite.config.ts -type f 2>/dev/null)
	$(NPM) run --silent build
	@touch $@

# Its dependencies are optimised for the latency that `make bench` compares, and for a quick build where they are only tested.
$(GST_CLIENT)/debug/vitrine-gst-client: $(GST_CLIENT_SOURCES) | setup-test
	cd tests/gstreamer && cargo build --locked --target-dir "$(GST_CLIENT)"
	@touch $@

$(GST_CLIENT)/release/vitrine-gst-client: $(GST_CLIENT_SOURCES) | setup-test
	cd tests/gstreamer && cargo build --release --locked --features webrtcsink --target-dir "$(GST_CLIENT)"
	@touch $@

setup: ## Installs what the program needs to build and run.
	@scripts/setup run

setup-test: setup tests/e2e/node_modules/.installed ## Installs what the tests need, browser and footage included.
	@scripts/setup test "$(FOOTAGE)" "$(READERS)"

soak: setup-test build ## Ten minutes with three viewers at 540p, revocations, kills; results go into docs/measurements.md by hand.
	VITRINE="$(abspath $(VITRINE))" npm --prefix tests/e2e run soak
	VITRINE="$(abspath $(VITRINE))" npm --prefix tests/e2e run changes
	cargo test $(CARGO_FLAGS) --workspace --test revocation -- --ignored --nocapture
	cargo test $(CARGO_FLAGS) --workspace --test flood -- --ignored --nocapture
	VITRINE_KILLS=100 cargo test $(CARGO_FLAGS) --workspace --test server --test revocation killed -- --nocapture
	VITRINE="$(abspath $(VITRINE))" npm --prefix tests/e2e run loss

# Where Schemathesis is kept: a Python environment of its own.
CONTRACT := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vitrine/contract

contract: setup-test build ## Asks every route as every role whatever /openapi.json allows (Schemathesis); EXAMPLES=20 each.
	test -x "$(CONTRACT)/bin/st" || { python3 -m venv "$(CONTRACT)" && "$(CONTRACT)/bin/pip" install -q schemathesis==4.32.5; }
	python3 tests/contract/contract.py "$(abspath $(VITRINE))" "$(CONTRACT)/bin/st" $(or $(EXAMPLES),20)

fuzz: ## Fuzzes each parser for FUZZ_SECONDS (default 600); needs cargo-fuzz.
	cd lut && for target in $$(cargo fuzz list); do \
		mkdir -p fuzz/corpus/$$target; \
		RUSTC_BOOTSTRAP=1 cargo fuzz run $$target fuzz/corpus/$$target tests/data/formats -- \
			-max_total_time=$(or $(FUZZ_SECONDS),600) -max_len=65536 -timeout=20 -rss_limit_mb=2048; \
	done

bench: setup-test build $(GST_CLIENT)/release/vitrine-gst-client ## Full benchmark tables; results go into docs/measurements.md by hand.
	cargo bench -p lut
	$(NPM) run bench
	$(VITRINE) bench viewers
	VITRINE_FOOTAGE="$(FOOTAGE)" cargo test $(CARGO_FLAGS) --workspace --test media fidelity -- --ignored --nocapture
	VITRINE="$(abspath $(VITRINE))" npm --prefix tests/e2e run measure
	VITRINE_GST_CLIENT="$(GST_CLIENT)/release/vitrine-gst-client" cargo test $(CARGO_FLAGS) --workspace --test media gstreamer -- --ignored
	VITRINE_GST_CLIENT="$(GST_CLIENT)/release/vitrine-gst-client" VITRINE="$(abspath $(VITRINE))" npm --prefix tests/e2e run webrtcsink
	VITRINE_FOOTAGE="$(FOOTAGE)" VITRINE="$(abspath $(VITRINE))" npm --prefix tests/e2e run proof

clean: ## Removes what was built, keeps var/.
	cargo clean
	rm -rf web-player/dist web-player/node_modules tests/e2e/node_modules

# run:   install what is missing, build, open the window           make run ARGS="host --json"
# test:  install what the tests need, run all of them
# lint:  formatting, clippy, the page's types
# dist:  the lean program to give to others, as a Debian package and as an archive, in target/packages; its symbols in target/dist
# test-net: every kind of network for host and guest, in real browsers, beside what theory says; takes most of an hour
# test-power: 500 power cuts at random moments while a game saves; takes five minutes
# fuzz:  random input for a minute each, from what was found before       make fuzz SECONDS=600
# bench: measure against the budgets
# book:  the book in target/book, with its pictures; the first time mdbook is compiled, which takes some minutes
# pictures: those of the book alone, by the tests' own means
# test-dist: install the package in a clean Debian, play, remove it; downloads one, as root
.PHONY: run build test test-net test-power test-dist lint dist fuzz bench book pictures

INSTALL := installers/linux/install
# One profile for everything, so that nothing is compiled twice.
CARGO := cargo
PROFILE := --release
SECONDS := 60

run: build
	@$(INSTALL) run
	@target/release/hotseat $(ARGS)

build:
	@$(INSTALL) build
	@began=$$(date +%s); before=$$(stat -c %Y target/release/hotseat 2>/dev/null || true); \
	$(CARGO) build $(PROFILE) --locked --workspace --exclude hotseat-fixture || exit; \
	[ "$$(stat -c %Y target/release/hotseat)" = "$$before" ] || \
	  { took=$$(($$(date +%s) - began)); echo "Building took $$((took / 60)) min $$((took % 60)) s on $$(nproc) processors."; }

test: web/node_modules/.package-lock.json
	@$(INSTALL) build run test
	$(CARGO) build $(PROFILE) --locked --workspace
	cd web && node --test test/*.test.js && node tools/check.js && node tools/axe.js
	$(CARGO) test $(PROFILE) --locked --workspace --no-fail-fast

test-net: web/node_modules/.package-lock.json
	@$(INSTALL) build run test
	$(CARGO) build $(PROFILE) --locked --workspace
	$(CARGO) test $(PROFILE) --locked --test networks -- nat_matrix --ignored --nocapture --test-threads=1

test-power:
	@$(INSTALL) build run test
	$(CARGO) build $(PROFILE) --locked --workspace
	$(CARGO) bench --locked --bench power_loss

test-dist:
	@$(INSTALL) build run test dist
	$(CARGO) build $(PROFILE) --locked --workspace
	$(CARGO) test $(PROFILE) --locked --test play -- packages --include-ignored --nocapture --test-threads=1

lint: web/node_modules/.package-lock.json
	@$(INSTALL) build run test
	$(CARGO) fmt --all --check
	$(CARGO) clippy $(PROFILE) --locked --workspace --all-targets -- -D warnings
	cd web && node_modules/.bin/tsc

dist:
	@$(INSTALL) build dist
	$(CARGO) build --profile dist --locked -p hotseat -p hotseat-arena
	@installers/linux/split-symbols 40 target/dist/hotseat target/dist/libarena_libretro.so
	@installers/linux/package target/dist target/packages

fuzz:
	@$(INSTALL) build
	@command -v cargo-fuzz >/dev/null || $(CARGO) install --locked cargo-fuzz
	for target in frames environment signaling channels archive patch cue info; do \
	  mkdir -p fuzz/corpus/$$target && RUSTC_BOOTSTRAP=1 $(CARGO) fuzz run $$target fuzz/corpus/$$target -- -max_total_time=$(SECONDS) -max_len=65536 -len_control=0 || exit 1; \
	done

bench:
	@$(INSTALL) build run test
	$(CARGO) build $(PROFILE) --locked --workspace
	target/release/hotseat bench all
	$(CARGO) bench --locked --bench browser --bench internet

MDBOOK := target/tools/bin/mdbook
MDBOOK_VERSION := 0.5.4
PICTURES := docs/book/src/pictures

book: pictures
	@[ "$$($(MDBOOK) --version 2>/dev/null)" = "mdbook v$(MDBOOK_VERSION)" ] || \
	  $(CARGO) install --locked --root target/tools --version $(MDBOOK_VERSION) --no-default-features --features search mdbook
	$(MDBOOK) build docs/book

pictures: web/node_modules/.package-lock.json
	@$(INSTALL) build run test
	@mkdir -p $(PICTURES)
	HOTSEAT_BOOK=$(abspath $(PICTURES)) $(CARGO) test $(PROFILE) --locked --test gui -- book
	cd web && node tools/book.js ../$(PICTURES)

web/node_modules/.package-lock.json: web/package-lock.json
	@$(INSTALL) build run test
	cd web && npm ci --no-audit --no-fund
	@touch $@

# hotpath: `make help` lists what can be made. Sources are found by wildcard: a new example, test or
# misuse file needs no line here.

CFLAGS ?= -O2 -g
CXXFLAGS ?= -O2 -g
PREFIX ?= /usr/local
DESTDIR ?=
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
# One step more than there are processors: some wait for clients and for clocks.
TEST_JOBS ?= $(shell expr $(JOBS) + 1)
CLANG_FORMAT ?= $(shell command -v clang-format-14 || echo clang-format)
LDLIBS ?=
LIBS := -lm -lpthread -ldl
export CC CXX CFLAGS CXXFLAGS LDFLAGS

VERSION := $(shell sed -n 's/^ *\#define HOTPATH_VERSION  *"\(.*\)"/\1/p' hotpath.h)
WARN_C = $(shell tests/flags.sh $(CC) c) $(WERROR)
WARN_CXX = $(shell tests/flags.sh $(CXX) c++) $(WERROR)

.PHONY: all examples demo alloc io locks preload test bench mutants fmt fmt-check check-toc check-arm check-postgres check-windows check-valgrind check-memory check-flow check-helgrind soak dist \
        install uninstall clean help
.DELETE_ON_ERROR:
all: examples

help:
	@echo 'make examples       build/examples/NAME, and NAME.off without -DHOTPATH'
	@echo 'make demo           a search service asked by MCP, with what it needs; DEMO_SECONDS=n ends it'
	@echo 'make alloc          build/libhotpath_alloc.so, to preload: what an unchanged program allocates'
	@echo 'make io             build/libhotpath_io.so, to preload: what an unchanged program reads and writes'
	@echo 'make locks          build/libhotpath_locks.so, to preload: what an unchanged program locks'
	@echo 'make preload        build/libhotpath.so, to preload: all of that at once'
	@echo 'make test           installs what is missing on Debian, then runs every test'
	@echo 'make step-NAME      one step of make test; the names are in its output'
	@echo 'make mutants        patches each fault of tests/mutants into a copy: a test must fail'
	@echo 'make bench          what one recording costs, against the clock of this machine'
	@echo 'make soak           everything at once for SECONDS=600, counted to the last call'
	@echo 'make fmt            formats the sources; make fmt-check only looks'
	@echo 'make check-toc      the contents list of hotpath.h against its sections'
	@echo 'make check-later    what make test has no time for: more tests optimized, flags with clang, settings with gcc'
	@echo 'make check-valgrind the unit tests under valgrind; make valgrind-NAME: one of them'
	@echo 'make check-helgrind the wrappers of locks under helgrind: quiet but for hotpath'"'"'s own records'
	@echo 'make check-memory   programs of the system with the library of make alloc, against valgrind and heaptrack'
	@echo 'make check-flow     programs of the system with the library of make io, against strace'
	@echo 'make check-arm      aarch64 and 32-bit arm: tests and examples, cross-compiled, under qemu-user'
	@echo 'make check-postgres statements of libpq, counted as a real server of PostgreSQL counts them'
	@echo 'make check-windows  recorder and report, cross-compiled, under wine'
	@echo 'make dist           dist/: the files to copy into a project'
	@echo 'make install        PREFIX=/usr/local DESTDIR=: hotpath.h, adapters, hotpath_mcp.c, hotpath.pc'
	@echo 'make clean          removes build/ and dist/'
	@echo 'CC, CXX, CFLAGS, CXXFLAGS, LDFLAGS, JOBS are respected.'

# ---- examples: each file is one program, with recording and without -----------------------------

EXAMPLE_LIBS := $(patsubst examples/%.c,%,$(filter-out %_host.c,$(wildcard examples/plugin*.c)))
EXAMPLES_C := $(filter-out $(EXAMPLE_LIBS),$(patsubst examples/%.c,%,$(wildcard examples/*.c)))
EXAMPLES_CXX := $(patsubst examples/%.cpp,%,$(wildcard examples/*.cpp))
EXAMPLE_NEEDS := hotpath.h $(wildcard adapters/*.h examples/*.h) Makefile
# What one example takes beyond the others: a standard, libraries; and with recording memory, and the server.
EXAMPLE_STD_08_coroutine := c++20
SERVER := -DHOTPATH_MCP build/examples/server.o -lcivetweb
EXAMPLE_LIBS_03_server := -lcivetweb -lsqlite3
EXAMPLE_LIBS_06_async := -luv
EXAMPLE_LIBS_06_links := -lcurl
EXAMPLE_ON_02_game_loop := -DHOTPATH_ALLOC
EXAMPLE_ON_03_server := -DHOTPATH_ALLOC $(SERVER)
EXAMPLE_ON_05_memory := -DHOTPATH_ALLOC $(SERVER)
EXAMPLE_ON_06_async := $(SERVER)
EXAMPLE_ON_06_links := $(SERVER)
EXAMPLE_ON_07_dataflow := $(SERVER)
$(addprefix build/examples/,03_server 05_memory 06_async 06_links 07_dataflow): build/examples/server.o
EXAMPLE_PROGRAMS := $(addprefix build/examples/,$(EXAMPLES_C) $(EXAMPLES_CXX))
EXAMPLE_FILES := $(EXAMPLE_PROGRAMS) $(addsuffix .off,$(EXAMPLE_PROGRAMS)) \
    $(patsubst %,build/examples/%.so,$(EXAMPLE_LIBS)) \
    $(patsubst %,build/examples/%.off.so,$(EXAMPLE_LIBS))
# A program that loads plugins has to export its recorder.
EXPORT = $(if $(findstring plugin,$@),-rdynamic)

examples: $(EXAMPLE_FILES)

export DEMO_SECONDS
demo:
	+@MAKE='$(MAKE)' examples/demo.sh

build/examples/server.o: hotpath_mcp.c hotpath.h $(wildcard mcp/*.h) Makefile
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN_C) -DHOTPATH -DHOTPATH_MCP -I. -c $< -o $@
build/examples/%.off: examples/%.c $(EXAMPLE_NEEDS)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN_C) -I. $< -o $@ $(EXPORT) $(LDFLAGS) $(EXAMPLE_LIBS_$*) \
	    $(LDLIBS) $(LIBS)
build/examples/%: examples/%.c $(EXAMPLE_NEEDS)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN_C) -DHOTPATH -I. $< $(EXAMPLE_ON_$*) -o $@ $(EXPORT) \
	    $(LDFLAGS) $(EXAMPLE_LIBS_$*) $(LDLIBS) $(LIBS)
build/examples/%.off: examples/%.cpp $(EXAMPLE_NEEDS)
	@mkdir -p $(@D)
	$(CXX) -std=$(or $(EXAMPLE_STD_$*),c++17) $(CXXFLAGS) $(WARN_CXX) -I. $< -o $@ $(LDFLAGS) $(LDLIBS) $(LIBS)
build/examples/%: examples/%.cpp $(EXAMPLE_NEEDS)
	@mkdir -p $(@D)
	$(CXX) -std=$(or $(EXAMPLE_STD_$*),c++17) $(CXXFLAGS) $(WARN_CXX) -DHOTPATH -I. $< -o $@ $(LDFLAGS) $(LDLIBS) $(LIBS)
build/examples/%.off.so: examples/%.c $(EXAMPLE_NEEDS)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN_C) -I. -fPIC -shared $< -o $@ $(LDFLAGS) $(LIBS)
build/examples/%.so: examples/%.c $(EXAMPLE_NEEDS)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN_C) -DHOTPATH -I. -fPIC -shared $< -o $@ $(LDFLAGS) $(LIBS)

# Libraries to preload, by what they record; the one without a name records all.
PRELOADS := alloc io locks
$(PRELOADS): %: build/libhotpath_%.so
preload: build/libhotpath.so
build/libhotpath.so $(PRELOADS:%=build/libhotpath_%.so): build/libhotpath%.so: hotpath_preload.c hotpath.h Makefile
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN_C) $(addprefix -DHOTPATH,$(shell echo $* | tr a-z A-Z)) -I. -fPIC -shared $< \
	    -o $@ $(LDFLAGS) $(LIBS)

# ---- unit tests: one file, one program, in the builds asan, tsan and o2; in o0 for the mutants ---

UNIT := $(basename $(notdir $(wildcard tests/unit/test_*.c tests/unit/test_*.cpp)))
THREADS := $(basename $(notdir $(wildcard tests/threads/test_*.c tests/threads/test_*.cpp)))
TEST_NEEDS := hotpath.h hotpath_mcp.c $(wildcard adapters/*.h mcp/*.h) tests/build.sh tests/flags.sh Makefile \
    $(wildcard tests/*.h tests/unit/*.h tests/threads/*.h)
TEST_PLUGINS := $(basename $(notdir $(wildcard tests/unit/plugin_*.c tests/threads/plugin_*.c)))
RECORDERS := $(basename $(notdir $(wildcard tests/unit/recorder_*.c)))
vpath %.c tests/unit tests/threads
vpath %.cpp tests/unit tests/threads

# What each build has once: libraries that tests load, recorders that they link.
beside = $(patsubst %,build/$(1)/%.so,$(TEST_PLUGINS)) $(patsubst %,build/$(1)/%.o,$(RECORDERS))

define unit_build
build/$(1)/%.o: %.c $$(TEST_NEEDS)
	@tests/build.sh $(1) $$< $$@
build/$(1)/%.so: %.c $$(TEST_NEEDS)
	@tests/build.sh $(1) $$< $$@
build/$(1)/%: %.c $$(TEST_NEEDS) $$(call beside,$(1))
	@tests/build.sh $(1) $$< $$@
build/$(1)/%: %.cpp $$(TEST_NEEDS) $$(call beside,$(1))
	@tests/build.sh $(1) $$< $$@
endef
$(foreach build,asan tsan o2 o0,$(eval $(call unit_build,$(build))))
# A program of tests stays for the next run.
.SECONDARY:

# ---- test: every step keeps its output in build/logs/STEP.log ------------------------------------

STANDARDS := c99 c11 gnu17 c++11 c++17 c++20
# The ways out are tested in every build. What compiles the recorder or the server for itself costs most
# of the time: but for most laws and what sanitizers hide, it is run optimized by check-later, which
# has the flags with clang and the settings with gcc, too.
OPTIMIZED := $(filter test_law_% test_alloc% test_locks_whole test_mcp_host,$(UNIT))
OPTIMIZED := $(filter-out $(addprefix test_law_,bounds clock one_recorder),$(OPTIMIZED)) \
    $(filter-out test_mcp_%,$(basename $(notdir $(shell grep -l 'RECORDER:' tests/unit/test_*.c))))
# Loops that other threads wake, and the pool of libuv.
LOOPS := test_adapter_uv test_adapter_epoll
UNIT_STEPS := $(addprefix asan-,$(UNIT) $(filter test_ways_%,$(THREADS))) $(addprefix tsan-,$(THREADS) $(LOOPS)) \
    $(addprefix o2-,$(sort $(OPTIMIZED)) $(THREADS))
LATER_STEPS := $(addprefix step-,$(addprefix o2-,$(filter-out $(OPTIMIZED),$(UNIT))) compile-clang-flags compile-gcc-settings)
check-later:
	@$(MAKE) -s -k -j$(JOBS) --output-sync=target $(LATER_STEPS)
# The longest come first, so that no core waits for another at the end.
LONG_STEPS := examples-build order mcp examples soak bench alloc
SCRIPT_STEPS := $(LONG_STEPS) disabled misuse names link install dist toc version readme fmt
PARTS := gcc-flags gcc-sources clang-settings clang-sources
STEPS := $(LONG_STEPS) $(addprefix compile-,$(PARTS)) $(UNIT_STEPS) \
    $(foreach cc,gcc clang,$(foreach std,$(STANDARDS),compile-$(cc)-$(std))) \
    $(filter-out $(LONG_STEPS),$(SCRIPT_STEPS))

test:
	@tests/packages.sh test
	@rm -rf build/logs && mkdir -p build/logs
	@echo "$(words $(STEPS)) steps, $(TEST_JOBS) at a time; their output is in build/logs"
	@start=$$(date +%s); \
	$(MAKE) -s -k -j$(TEST_JOBS) --output-sync=target $(addprefix step-,$(STEPS)) || true; \
	$(MAKE) -s step-mutants; \
	tests/summary.sh $$start $(STEPS) mutants

.PHONY: $(addprefix step-,$(STEPS) mutants) $(LATER_STEPS) check-later
$(addprefix step-,$(UNIT_STEPS)) $(filter step-o2-%,$(LATER_STEPS)): step-%:
	+@tests/step.sh $* sh -c '$(MAKE) -s build/$(subst -test_,/test_,$*) && tests/run.sh build/$(subst -test_,/test_,$*)'
# Made before, so that no two steps make it at once.
$(foreach build,asan tsan o2,$(eval \
    $(filter step-$(build)-%,$(addprefix step-,$(UNIT_STEPS)) $(LATER_STEPS)): $(call beside,$(build))))
$(foreach cc,gcc clang,$(foreach std,$(STANDARDS) flags settings sources,step-compile-$(cc)-$(std))): step-%:
	@tests/step.sh $* tests/compile.sh $(subst -, ,$(patsubst compile-%,%,$*))
$(addprefix step-,$(filter-out fmt toc examples-build,$(SCRIPT_STEPS))): step-%:
	@tests/step.sh $* tests/$*.sh
# The example programs run in two steps; the optimizer's second thoughts take as long as all else.
step-examples step-mcp: step-examples-build
step-examples-build:
	+@tests/step.sh examples-build sh -c '$(MAKE) -s -k examples CFLAGS=-O1 WERROR=-Werror && echo "ok - make examples"'
step-fmt:
	+@tests/step.sh fmt $(MAKE) -s fmt-check
step-toc:
	@tests/step.sh toc tests/toc.sh
step-mutants:
	@tests/step.sh mutants tests/mutants/run.sh quick

mutants:
	@tests/mutants/run.sh all

check-toc:
	@tests/toc.sh

# The longest come first, for two at a time end sooner then.
VALGRIND_LONG := $(filter %_tree %_end %_host %_fork %_bad_input %_mcp_truth,$(UNIT))
VALGRIND_STEPS := $(addprefix valgrind-,$(VALGRIND_LONG) $(filter-out $(VALGRIND_LONG),$(UNIT) $(THREADS)))
.PHONY: $(VALGRIND_STEPS)
check-valgrind:
	@tests/packages.sh valgrind
	@$(MAKE) -s -k -j$(JOBS) --output-sync=target $(VALGRIND_STEPS)
$(VALGRIND_STEPS): valgrind-%: build/o2/%
	@tests/step.sh $@ tests/valgrind.sh $<

check-helgrind: build/o2/test_locks_threads
	@tests/packages.sh valgrind
	valgrind --tool=helgrind --suppressions=tests/helgrind.supp --error-exitcode=9 -q \
	    build/o2/test_locks_threads counts_are_exact

# What needs no library of another system; a step makes its program itself.
ARM_TESTS := $(filter test_truth_% test_law_% test_values,$(UNIT)) $(THREADS)
ARM_STEPS := $(foreach processor,arm64 armhf i386,$(addprefix arm-$(processor)-,$(ARM_TESTS) compile examples))
.PHONY: $(ARM_STEPS)
check-arm:
	@tests/packages.sh arm
	@tests/arm.sh cmocka
	@$(MAKE) -s -k -j$(JOBS) --output-sync=target $(ARM_STEPS)
$(ARM_STEPS): arm-%:
	@tests/step.sh $@ tests/arm.sh $(subst -, ,$*)

# Programs that nobody here wrote run as ever, and what they allocate is counted as others count it.
check-memory: build/libhotpath_alloc.so
	@tests/packages.sh memory
	@tests/memory/check.pl build/libhotpath_alloc.so

# Programs that nobody here wrote run as ever, and what they read and write is what strace sees.
check-flow: build/libhotpath_io.so
	@tests/packages.sh flow
	@tests/flow/check.pl build/libhotpath_io.so

check-postgres:
	@tests/packages.sh postgres
	@tests/step.sh postgres tests/postgres.sh

check-windows:
	@tests/packages.sh windows
	@tests/windows.sh

# Everything at once for as long as one likes; make test has 20 seconds of it. A plugin finds the
# recorder of a program that exports it.
SECONDS ?= 600
SOAK_NEEDS := hotpath.h $(wildcard tests/soak/*.h) tests/flags.sh Makefile
build/soak/soak: tests/soak/soak.c $(SOAK_NEEDS)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN_C) -DHOTPATH -I. -rdynamic $< -o $@ $(LDFLAGS) $(LIBS)
build/soak/plugin.so: tests/soak/plugin.c $(SOAK_NEEDS)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CFLAGS) $(WARN_C) -DHOTPATH -I. -fPIC -shared $< -o $@ $(LDFLAGS) $(LIBS)
soak: build/soak/soak build/soak/plugin.so
	build/soak/soak $(SECONDS) build/soak/plugin.so

# ---- the rest -----------------------------------------------------------------------------------

build/bench: bench/bench.c bench/common.h bench/candidates.h hotpath.h Makefile
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 $(WARN_C) -DHOTPATH -I. $< -o $@ $(LDFLAGS) $(LIBS)
build/bench_server: bench/server.c hotpath.h hotpath_mcp.c $(wildcard mcp/*.h) Makefile
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 $(WARN_C) -DHOTPATH -DHOTPATH_MCP -I. $< -o $@ $(LDFLAGS) -lcivetweb $(LIBS)
build/bench_alloc: bench/alloc.c bench/common.h hotpath.h Makefile
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 $(WARN_C) -DHOTPATH -DHOTPATH_ALLOC -I. $< -o $@ $(LDFLAGS) $(LIBS)
build/bench_alloc_plain: bench/alloc.c bench/common.h hotpath.h Makefile
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 $(WARN_C) -I. $< -o $@ $(LDFLAGS) $(LIBS)
build/bench_shared.so: bench/shared.c hotpath.h Makefile
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -fPIC -shared $(WARN_C) -DHOTPATH -I. $< -o $@ $(LDFLAGS) $(LIBS)
# The same with other ways to thread-local variables; not every compiler has descriptors.
TLS_GENERAL = '-DHOTPATH_THREAD_LOCAL=__thread __attribute__((tls_model("global-dynamic")))'
build/bench_shared.so.dynamic: bench/shared.c hotpath.h Makefile
	$(CC) -std=gnu11 -O2 -fPIC -shared $(WARN_C) -DHOTPATH $(TLS_GENERAL) -I. $< -o $@ $(LDFLAGS) $(LIBS)
build/bench_shared.so.descriptors: bench/shared.c hotpath.h Makefile
	@$(CC) -std=gnu11 -O2 -fPIC -shared -mtls-dialect=gnu2 $(WARN_C) -DHOTPATH $(TLS_GENERAL) -I. $< -o $@ \
	    $(LDFLAGS) $(LIBS) 2>/dev/null || echo 'bench: no row of TLS descriptors: $(CC) has none'
bench: build/bench build/bench_server build/bench_alloc build/bench_alloc_plain build/libhotpath_alloc.so \
    build/bench_shared.so build/bench_shared.so.dynamic build/bench_shared.so.descriptors
	@BENCH_ROWS=build/bench.rows build/bench_server >build/bench_server.txt
	@BENCH_ROWS=build/bench.rows build/bench_alloc >>build/bench_server.txt
	@BENCH_ROWS=build/bench.rows build/bench
	@cat build/bench_server.txt

SOURCES = $(wildcard hotpath.h hotpath_mcp.c hotpath_preload.c adapters/*.h mcp/*.h examples/*.[ch] examples/*.cpp bench/*.[ch] \
    bench/*.cpp tests/*.h tests/*/*.[ch] tests/*/*.cpp)
fmt:
	$(CLANG_FORMAT) -i $(SOURCES)
fmt-check:
	@$(CLANG_FORMAT) --dry-run -Werror $(SOURCES)

# The parts of hotpath_mcp.c are folded into one file.
ADAPTERS := $(notdir $(wildcard adapters/*.h))
dist: dist/hotpath.h dist/hotpath_mcp.c $(addprefix dist/,$(ADAPTERS))
dist/hotpath.h: hotpath.h
	@mkdir -p $(@D)
	cp $< $@
dist/%.h: adapters/%.h
	@mkdir -p $(@D)
	cp $< $@
dist/hotpath_mcp.c: hotpath_mcp.c $(wildcard mcp/*.h)
	@mkdir -p $(@D)
	echo '#define HOTPATH_I_FOLDED 1 /* the parts of mcp/ are in this file */' > $@
	perl -ne 'if (/^\s*#\s*include\s+"(mcp\/[^"]+)"/) { open my $$f, "<", $$1 or die "$$1: $$!"; print <$$f> } else { print }' $< >> $@

install: dist
	install -d $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/share/pkgconfig \
	    $(DESTDIR)$(PREFIX)/share/hotpath
	install -m 644 hotpath.h $(addprefix adapters/,$(ADAPTERS)) $(DESTDIR)$(PREFIX)/include
	install -m 644 dist/hotpath_mcp.c $(DESTDIR)$(PREFIX)/share/hotpath/hotpath_mcp.c
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' hotpath.pc.in \
	    > $(DESTDIR)$(PREFIX)/share/pkgconfig/hotpath.pc
uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/include/,hotpath.h $(ADAPTERS)) \
	    $(DESTDIR)$(PREFIX)/share/pkgconfig/hotpath.pc
	rm -rf $(DESTDIR)$(PREFIX)/share/hotpath

clean:
	rm -rf build dist

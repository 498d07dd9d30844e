# SPDX-License-Identifier: MIT
#
# Everything ctest runs. Nothing is listed: a new file of the right name is a new test.
#   tests/unit/test_*.c        Check programs over the interpreter's parts, one run per mode
#   tests/unit/threading_*.c   Check programs over threading/ and src/base/ only (with threading_stubs.c)
#   stress/st_*.c              seeded stress mains over the same (or over the object ring, when they include objects.h), run
#                              here with their short defaults; `mutations` is the test of the test
#   tests/{lang,modules,threads}/*.py   programs that must print what CPython prints, one run per mode
#   stress/workloads/*.py      the same, on small inputs
#   stress/scale/one.py        two patterns under heddle-compare; memory.py; in builds that count, the limits of all patterns
#   a list of these below      under HEDDLE_DEBUG=forceshared and gcstress (group strain)
#   tests/cpython/modules.txt  those modules of CPython's own test suite, held to tests/cpython/expected.txt
#   tests/tools/programs       random programs against CPython; tests/fuzz/found/NAME/* through the harness NAME
#   stress/race/race.py        methods of shared objects: of each kind, of all at once, and whether a type has no kind (group race)
#   tests/compare/cases.py     heddle-compare, one test per function
#   tests/tools/places         ThreadSanitizer's reports name lines of Python (its builds only)
#   tests/tools/poison         AddressSanitizer reports what is behind the frames of the V stack (its builds only)
#   tests/tools/check_*        checks on the sources themselves
#   tests/tools/clang_warnings the sources, read by clang (dev only)
# A test is called BUILD/GROUP/NAME/MODE, BUILD being the build directory's name; its labels are its group and its mode.
get_filename_component(heddle_build_name ${CMAKE_BINARY_DIR} NAME)
pkg_check_modules(check IMPORTED_TARGET QUIET check)
if(NOT check_FOUND)
    message(WARNING "The Check library was not found (Debian: check); the C unit tests are left out")
endif()

# Check gives a test 4 seconds by default; slow builds get more.
set(heddle_time_factor 5)
if(HEDDLE_SANITIZE OR HEDDLE_GCSTRESS OR HEDDLE_COVERAGE)
    set(heddle_time_factor 20)
endif()
math(EXPR heddle_test_timeout "60 * ${heddle_time_factor}")

set(heddle_test_environment CK_TIMEOUT_MULTIPLIER=${heddle_time_factor} CK_VERBOSITY=normal)
if(HEDDLE_SANITIZE)
    list(APPEND heddle_test_environment
        "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:die_after_fork=0" "ASAN_OPTIONS=detect_leaks=0:abort_on_error=0:allocator_may_return_null=1"
        "UBSAN_OPTIONS=print_stacktrace=1")
endif()

# The programs of the threading tests, built without the interpreter by the target heddle_threading_tests.
add_custom_target(heddle_threading_tests)

# heddle_test(GROUP NAME MODE COMMAND...): register one test.
function(heddle_test group name mode)
    set(test ${heddle_build_name}/${group}/${name}/${mode})
    add_test(NAME ${test} COMMAND ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${test} PROPERTIES LABELS "${group};${mode}" TIMEOUT ${heddle_test_timeout}
        ENVIRONMENT "${heddle_test_environment}")
endfunction()

# heddle_c_test(MODE SOURCE GROUP LIBRARIES...): build one test program for one mode and register it.
function(heddle_c_test mode source group)
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name}_${mode} ${source})
    set_target_properties(${name}_${mode} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_link_libraries(${name}_${mode} PRIVATE ${ARGN})
    if(mode STREQUAL "gil")
        target_compile_definitions(${name}_${mode} PRIVATE HEDDLE_GIL=1)
    else()
        target_compile_definitions(${name}_${mode} PRIVATE HEDDLE_GIL=0)
    endif()
    add_dependencies(${name}_${mode} heddle_generated)
    heddle_test(${group} ${name} ${mode} ${name}_${mode})
    if(NOT group STREQUAL "unit")
        add_dependencies(heddle_threading_tests ${name}_${mode})
    endif()
endfunction()

file(GLOB heddle_unit_tests CONFIGURE_DEPENDS tests/unit/test_*.c)
file(GLOB heddle_threading_tests CONFIGURE_DEPENDS tests/unit/threading_*.c)
file(GLOB heddle_stress_tests CONFIGURE_DEPENDS stress/st_*.c)
set(heddle_threading_stubs ${CMAKE_SOURCE_DIR}/tests/unit/threading_stubs.c)
list(REMOVE_ITEM heddle_threading_tests ${heddle_threading_stubs})

foreach(mode IN LISTS HEDDLE_MODES)
    if(check_FOUND AND TARGET heddle_archive_${mode})
        foreach(source IN LISTS heddle_unit_tests)
            heddle_c_test(${mode} ${source} unit heddle_archive_${mode} PkgConfig::check)
        endforeach()
    endif()

    if(TARGET heddle_threading_${mode} AND EXISTS ${heddle_threading_stubs})
        heddle_objects(heddle_threading_stubs_${mode} ${mode} ${heddle_threading_stubs})
        set(alone heddle_threading_${mode} heddle_threading_stubs_${mode})
        if(check_FOUND)
            foreach(source IN LISTS heddle_threading_tests)
                heddle_c_test(${mode} ${source} threading ${alone} PkgConfig::check)
            endforeach()
        endif()
        foreach(source IN LISTS heddle_stress_tests)
            get_filename_component(name ${source} NAME_WE)
            file(STRINGS ${source} objects REGEX "#include \"objects.h\"")
            if(objects AND TARGET heddle_archive_${mode})
                heddle_c_test(${mode} ${source} stress heddle_archive_${mode})
                heddle_test(stress ${name}_schedfuzz ${mode} ${name}_${mode})
                set_property(TEST ${heddle_build_name}/stress/${name}_schedfuzz/${mode} APPEND PROPERTY ENVIRONMENT HEDDLE_DEBUG=schedfuzz=1)
            elseif(NOT objects)
                heddle_c_test(${mode} ${source} stress ${alone})
            endif()
            # Each runs itself with the deliberate faults it is to notice, which debug builds know.  (Without threads at
            # once no fault shows; sanitizers notice most of them first.)  Some of them then spin for good, beside which
            # another's faults might not show.
            if(mode STREQUAL "nogil" AND HEDDLE_DEBUG_CHECKS AND NOT HEDDLE_SANITIZE AND TARGET ${name}_${mode})
                heddle_test(stress ${name}_mutations ${mode} ${name}_${mode} mutations)
                set_tests_properties(${heddle_build_name}/stress/${name}_mutations/${mode} PROPERTIES RUN_SERIAL TRUE)
            endif()
        endforeach()
    endif()
endforeach()

# --- programs compared with CPython ------------------------------------------------------------------------------------
# tests/tools/oracle runs a program under /usr/bin/python3.11 and under a build, and compares what they print.
set(HEDDLE_ORACLE /usr/bin/python3.11 CACHE FILEPATH "The CPython whose output is the expected one")

function(heddle_python_tests mode group)
    foreach(program IN LISTS ARGN)
        get_filename_component(name ${program} NAME_WE)
        heddle_test(${group} ${name} ${mode} ${HEDDLE_ORACLE} -I ${CMAKE_SOURCE_DIR}/tests/tools/oracle
            --cache ${CMAKE_BINARY_DIR}/oracle --time-factor ${heddle_time_factor}
            --program $<TARGET_FILE:heddle_${mode}> ${program})
    endforeach()
endfunction()

# The same with HEDDLE_DEBUG=FLAGS: a few programs of every kind, all of them would take too long every day.
# forceshared=2 is for those that tell when objects die.
function(heddle_strained_tests mode name flags)
    foreach(program IN LISTS ARGN)
        get_filename_component(stem ${program} NAME_WE)
        heddle_test(strain ${name}_${stem} ${mode} ${HEDDLE_ORACLE} -I ${CMAKE_SOURCE_DIR}/tests/tools/oracle
            --cache ${CMAKE_BINARY_DIR}/oracle --time-factor ${heddle_time_factor}
            --program $<TARGET_FILE:heddle_${mode}> tests/${program}.py)
        set_property(TEST ${heddle_build_name}/strain/${name}_${stem}/${mode} APPEND PROPERTY ENVIRONMENT
            "HEDDLE_DEBUG=${flags}")
    endforeach()
endfunction()

if(EXISTS ${HEDDLE_ORACLE})
    foreach(mode IN LISTS HEDDLE_MODES)
        if(TARGET heddle_${mode})
            if(mode STREQUAL "nogil")
                heddle_strained_tests(${mode} forceshared forceshared lang/dicts lang/sets lang/lists lang/generators
                    lang/coroutines lang/classes_advanced lang/pattern_matching lang/exceptions_groups lang/frames_tracing
                    modules/mod_re modules/mod_json modules/mod_functools_itertools threads/shared_instances
                    threads/import_race threads/pools_futures threads/strain_finalizers threads/atomicity ../stress/workloads/shared_tree ../stress/workloads/pipeline)
                heddle_strained_tests(${mode} schedfuzz schedfuzz=3 threads/sections_let_go threads/race_regressions threads/sqlite_judged)
                heddle_strained_tests(${mode} forceprompt forceshared=2 lang/finalizers lang/gc_cycles lang/weakrefs
                    lang/bytes_types modules/mod_os_io threads/finalizers_in_locks)
            endif()
            heddle_strained_tests(${mode} gcstress gcstress=7,verify lang/classes_basic lang/weakrefs lang/sets
                lang/exceptions_groups modules/mod_collections threads/shared_containers)
            foreach(group lang modules threads)
                file(GLOB programs CONFIGURE_DEPENDS tests/${group}/*.py)
                if(HEDDLE_SANITIZE) # they have memory of their own, and AddressSanitizer keeps what is freed for a while
                    list(FILTER programs EXCLUDE REGEX "/memory_(flat|of_threads)\\.py$")
                endif()
                heddle_python_tests(${mode} ${group} ${programs})
            endforeach()
            # The syntax trees and code objects of the whole standard library and its tests, in four parts.
            foreach(shard RANGE 1 4)
                heddle_test(trees library${shard} ${mode} ${HEDDLE_ORACLE} -I ${CMAKE_SOURCE_DIR}/tests/tools/trees
                    --cache ${CMAKE_BINARY_DIR}/oracle --shard ${shard}/4 --program $<TARGET_FILE:heddle_${mode}>)
                heddle_test(trees codes${shard} ${mode} ${HEDDLE_ORACLE} -I ${CMAKE_SOURCE_DIR}/tests/tools/codes
                    --cache ${CMAKE_BINARY_DIR}/oracle --shard ${shard}/4 --program $<TARGET_FILE:heddle_${mode}>)
                set_tests_properties(${heddle_build_name}/trees/library${shard}/${mode}
                    ${heddle_build_name}/trees/codes${shard}/${mode} PROPERTIES TIMEOUT 1800)
            endforeach()
            # CPython's own suite: the modules with a star in tests/cpython/modules.txt, all of them in the release build.
            set(scope --quick)
            if(HEDDLE_OPTIMIZE MATCHES "-O2")
                set(scope)
            endif()
            if(NOT HEDDLE_SANITIZE AND NOT HEDDLE_GCSTRESS AND NOT HEDDLE_COVERAGE)
                foreach(shard RANGE 1 4)
                    heddle_test(cpython suite${shard} ${mode} ${HEDDLE_ORACLE} -I ${CMAKE_SOURCE_DIR}/tests/tools/conformance
                        ${scope} --jobs 1 --shard ${shard}/4 --cache ${CMAKE_BINARY_DIR}/conformance
                        --program $<TARGET_FILE:heddle_${mode}>)
                    set_tests_properties(${heddle_build_name}/cpython/suite${shard}/${mode} PROPERTIES TIMEOUT 3600)
                endforeach()
            endif()
            file(GLOB programs CONFIGURE_DEPENDS stress/workloads/*.py)
            heddle_python_tests(${mode} workloads ${programs})
            # Methods of shared objects; stress/judge does it for longer.
            set(race $<TARGET_FILE:heddle_${mode}> ${CMAKE_SOURCE_DIR}/stress/race/race.py)
            heddle_test(race all ${mode} ${race} -n 60 -s 1)
            heddle_test(race mixed ${mode} ${race} --mixed 20 -s 1)
            heddle_test(race missing ${mode} ${race} --missing)
            # Random programs: a few hundred, the same ones every time; `./dev test --all` runs two minutes of others.
            heddle_test(programs random ${mode} ${HEDDLE_ORACLE} -I ${CMAKE_SOURCE_DIR}/tests/tools/programs --count 240 --jobs 1
                --time-factor ${heddle_time_factor} --program $<TARGET_FILE:heddle_${mode}>)
            if(HEDDLE_TAILCALL AND HEDDLE_OPTIMIZE MATCHES "-O2")
                heddle_test(tools tailcalls ${mode} ${HEDDLE_ORACLE} -I ${CMAKE_SOURCE_DIR}/tests/tools/tailcalls
                    $<TARGET_FILE:heddle_${mode}>)
            endif()
        endif()
    endforeach()

    if(HEDDLE_SANITIZE MATCHES "address")
        foreach(mode IN LISTS HEDDLE_MODES)
            heddle_test(tools poison ${mode} ${HEDDLE_ORACLE} -I ${CMAKE_SOURCE_DIR}/tests/tools/poison $<TARGET_FILE:heddle_${mode}>)
        endforeach()
    endif()
    if(HEDDLE_SANITIZE MATCHES "thread" AND TARGET heddle_nogil) # with a global lock nothing races there
        heddle_test(tools places nogil ${HEDDLE_ORACLE} -I ${CMAKE_SOURCE_DIR}/tests/tools/places $<TARGET_FILE:heddle_nogil>)
    endif()

    if(TARGET heddle-compare)
        file(STRINGS tests/compare/cases.py cases REGEX "^def case_")
        foreach(case IN LISTS cases)
            string(REGEX REPLACE "^def case_([a-z_]+).*" "\\1" case "${case}")
            heddle_test(compare ${case} tool ${HEDDLE_ORACLE} -I ${CMAKE_SOURCE_DIR}/tests/compare/cases.py
                $<TARGET_FILE:heddle-compare> ${case})
        endforeach()
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS tests/compare/cases.py)
    endif()

    if(TARGET heddle-compare AND TARGET heddle_nogil AND TARGET heddle_gil)
        foreach(pattern lock_section append_pop)
            heddle_test(scale one_${pattern} both $<TARGET_FILE:heddle-compare> --plain --quiet --warmups 0 --runs 1 --threads 1,2
                --heddle $<TARGET_FILE:heddle_nogil> --heddle-gil $<TARGET_FILE:heddle_gil>
                ${CMAKE_SOURCE_DIR}/stress/scale/one.py ${pattern} "{threads}" -n 96000)
        endforeach()
    endif()
    if(HEDDLE_COUNTERS AND TARGET heddle_nogil)
        set(scale $<TARGET_FILE:heddle_nogil> ${CMAKE_SOURCE_DIR}/stress/scale/scale.py)
        foreach(group read private write pass)
            heddle_test(scale limits_${group} nogil ${scale} --check -r 2 -n 100000 ${group})
        endforeach()
        heddle_test(scale limits_tight nogil ${scale} --tight -r 1 -t 1 -n 100000 write pass)
        heddle_test(scale limits_fault nogil ${scale} --check -r 1 -n 100000 fault)
        set_tests_properties(${heddle_build_name}/scale/limits_fault/nogil PROPERTIES PASS_REGULAR_EXPRESSION
            "over the limit:\nfault with 1: .*\nfault with 2: ")
    endif()
    # Sanitizers have memory of their own; under gcstress it would take hours.
    if(NOT HEDDLE_SANITIZE AND NOT HEDDLE_GCSTRESS AND NOT HEDDLE_COVERAGE)
        foreach(mode IN LISTS HEDDLE_MODES)
            if(TARGET heddle_${mode})
                set(memory $<TARGET_FILE:heddle_${mode}> ${CMAKE_SOURCE_DIR}/stress/scale/memory.py --check --threads 5000)
                heddle_test(scale memory ${mode} ${memory})
                heddle_test(scale memory_fault ${mode} ${memory} --limit-factor 0.9 instance list_range instance_resident)
                set_tests_properties(${heddle_build_name}/scale/memory_fault/${mode} PROPERTIES PASS_REGULAR_EXPRESSION
                    "over the limit: instance, list_range, instance_resident")
            endif()
        endforeach()
    endif()

    if(TARGET heddle_nogil AND HEDDLE_DEBUG_CHECKS AND NOT HEDDLE_SANITIZE)
        heddle_test(tools assertions nogil ${HEDDLE_ORACLE} -I ${CMAKE_SOURCE_DIR}/tests/tools/assertions $<TARGET_FILE:heddle_nogil>)
    endif()

    find_program(HEDDLE_CLANG clang)
    if(HEDDLE_CLANG AND heddle_build_name STREQUAL "dev")
        foreach(mode IN LISTS HEDDLE_MODES)
            heddle_test(tools clang_warnings ${mode} ${HEDDLE_ORACLE} -I ${CMAKE_SOURCE_DIR}/tests/tools/clang_warnings
                --mode ${mode} --jobs 1 ${CMAKE_BINARY_DIR})
        endforeach()
    elseif(NOT HEDDLE_CLANG)
        message(WARNING "clang was not found (Debian: clang); what it warns of is not looked at")
    endif()

    file(GLOB heddle_checks CONFIGURE_DEPENDS tests/tools/check_*)
    foreach(check IN LISTS heddle_checks)
        get_filename_component(name ${check} NAME)
        heddle_test(tools ${name} sources ${HEDDLE_ORACLE} -I ${check} ${CMAKE_SOURCE_DIR})
    endforeach()
else()
    message(WARNING "${HEDDLE_ORACLE} not found (Debian: python3.11); the .py tests are left out")
endif()

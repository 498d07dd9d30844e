# SPDX-License-Identifier: MIT
#
# Compiler flags. CMake's build types are not used: a preset says the optimisation flags, the checks and the sanitizer
# itself, so that what is compiled can be read in CMakePresets.json.
set(HEDDLE_OPTIMIZE "-O2 -g1" CACHE STRING "Optimisation and debug-information flags")
set(HEDDLE_SANITIZE "" CACHE STRING "Empty, or a -fsanitize= list: address, thread, undefined")
option(HEDDLE_WERROR "Warnings are errors" OFF)
option(HEDDLE_PIE "Programs that can be loaded anywhere; OFF: at a fixed address, with nothing to relocate at start-up" ON)
option(HEDDLE_COVERAGE "Instrument for gcov" OFF)
option(HEDDLE_COUNTERS "Count atomic read-modify-writes, locks and the like (include/base/counters.h)" OFF)
option(HEDDLE_FUZZ "Build the harnesses of tests/fuzz with libFuzzer (clang)" OFF)
option(HEDDLE_GCSTRESS "Collect at every allocation that may collect" OFF)
set(HEDDLE_DEBUG_CHECKS 0 CACHE STRING "0 none, 1 assertions, 2 also the structure validators")

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_C_ARCHIVE_CREATE "<CMAKE_AR> qcT <TARGET> <LINK_FLAGS> <OBJECTS>")
set(CMAKE_C_ARCHIVE_APPEND "<CMAKE_AR> qT <TARGET> <LINK_FLAGS> <OBJECTS>")

find_program(HEDDLE_CCACHE ccache)
if(HEDDLE_CCACHE AND NOT CMAKE_C_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER ${HEDDLE_CCACHE})
endif()

separate_arguments(heddle_optimize_flags UNIX_COMMAND "${HEDDLE_OPTIMIZE}")

add_library(heddle_settings INTERFACE)
target_include_directories(heddle_settings INTERFACE ${CMAKE_SOURCE_DIR}/include ${HEDDLE_GENERATED_DIR})
target_compile_definitions(heddle_settings INTERFACE _GNU_SOURCE HEDDLE_DEBUG_CHECKS=${HEDDLE_DEBUG_CHECKS})
target_compile_options(heddle_settings INTERFACE
    ${heddle_optimize_flags} -pthread -fvisibility=hidden -fno-strict-aliasing -fno-semantic-interposition -fwrapv
    -fno-omit-frame-pointer -Wall -Wextra $<$<C_COMPILER_ID:GNU>:-Wno-stringop-overflow> $<$<BOOL:${HEDDLE_WERROR}>:-Werror>)
target_link_options(heddle_settings INTERFACE -pthread -Wl,--as-needed)
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
    # Static objects that end in a flexible array stand inside structs that give them room: an extension of both compilers.
    target_compile_options(heddle_settings INTERFACE -Wno-gnu-variable-sized-type-not-at-end)
endif()

if(NOT HEDDLE_PIE)
    target_link_options(heddle_settings INTERFACE -no-pie)
endif()
if(HEDDLE_GCSTRESS)
    target_compile_definitions(heddle_settings INTERFACE HEDDLE_GCSTRESS=1)
endif()
if(HEDDLE_COUNTERS)
    target_compile_definitions(heddle_settings INTERFACE HEDDLE_COUNTERS=1)
endif()
if(HEDDLE_SANITIZE)
    target_compile_definitions(heddle_settings INTERFACE HEDDLE_SANITIZER=1)
    if(HEDDLE_SANITIZE MATCHES "thread")
        target_compile_definitions(heddle_settings INTERFACE HEDDLE_TSAN=1)
    endif()
    target_compile_options(heddle_settings INTERFACE -fsanitize=${HEDDLE_SANITIZE} -fno-sanitize-recover=all)
    # A sanitizer's own crypt_r only passes calls on: without --no-as-needed the linker would leave the library out.
    target_link_options(heddle_settings INTERFACE -fsanitize=${HEDDLE_SANITIZE} -Wl,--no-as-needed)
endif()
if(HEDDLE_COVERAGE)
    target_compile_options(heddle_settings INTERFACE --coverage)
    target_link_options(heddle_settings INTERFACE --coverage)
endif()

# Handlers as functions that end in sibling calls: only where the compiler turns every one of them into a jump, so that
# file is optimised in every build that has them. (One function with computed gotos has one frame for all, in which stale
# words keep objects alive when stacks are looked at.)  AddressSanitizer leaves the jumps as they are, unless it watches the
# scopes of locals; the others add calls behind them.
if(NOT HEDDLE_COVERAGE AND (NOT HEDDLE_SANITIZE OR HEDDLE_SANITIZE STREQUAL "address"))
    set(HEDDLE_TAILCALL ON)
    set_source_files_properties(src/vm/loop.c PROPERTIES COMPILE_DEFINITIONS HEDDLE_TAILCALL=1)
    set_property(SOURCE src/vm/loop.c APPEND PROPERTY COMPILE_OPTIONS -O2 $<$<BOOL:${HEDDLE_SANITIZE}>:-fno-sanitize-address-use-after-scope>)
endif()

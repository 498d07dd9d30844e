# SPDX-License-Identifier: MIT
#
# Fuzzing (tests/fuzz/README.md). Every build links each harness with replay.c and runs what was found before. With
# HEDDLE_FUZZ the same harnesses are linked with libFuzzer too, and the sources below are instrumented for it: only those
# that read foreign input, so that what the rest of the interpreter does meanwhile is no news.
if(HEDDLE_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "HEDDLE_FUZZ needs clang (Debian: clang libclang-rt-14-dev); the preset fuzz names it")
    endif()
    file(GLOB heddle_fuzzed_sources CONFIGURE_DEPENDS src/front/*.c src/base/dtoa*.c src/modules/mod_marshal.c src/modules/*sre*.c
        src/vm/code*.c src/vm/decode.c src/object/int_text.c src/object/float*.c src/object/complex.c)
    list(FILTER heddle_fuzzed_sources EXCLUDE REGEX "_gen\\.c$")
    set_property(SOURCE ${heddle_fuzzed_sources} APPEND PROPERTY COMPILE_OPTIONS -fsanitize=fuzzer-no-link)
endif()

# heddle_fuzz_program(NAME HARNESS MODE SOURCE...): one program of a harness.
function(heddle_fuzz_program program harness mode)
    add_executable(${program} tests/fuzz/${harness}.c tests/fuzz/fuzz.c ${ARGN})
    set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    target_compile_definitions(${program} PRIVATE HEDDLE_GIL=$<STREQUAL:${mode},gil> HEDDLE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    target_link_libraries(${program} PRIVATE heddle_core_${mode} heddle_threading_${mode})
    add_dependencies(${program} heddle_generated)
endfunction()

# Called at the end, when the tests' functions and the objects are there.
function(heddle_fuzz_programs)
    file(GLOB harnesses CONFIGURE_DEPENDS tests/fuzz/fuzz_*.c)
    foreach(source IN LISTS harnesses)
        get_filename_component(harness ${source} NAME_WE)
        string(REPLACE "fuzz_" "" name ${harness})
        file(GLOB found CONFIGURE_DEPENDS tests/fuzz/found/${name}/*)
        foreach(mode IN LISTS HEDDLE_MODES)
            if(TARGET heddle_core_${mode} AND NOT HEDDLE_FUZZ)
                heddle_fuzz_program(replay_${name}_${mode} ${harness} ${mode} tests/fuzz/replay.c)
                heddle_test(fuzz ${name} ${mode} replay_${name}_${mode} ${found})
            endif()
        endforeach()
        if(HEDDLE_FUZZ)
            list(GET HEDDLE_MODES 0 mode)
            heddle_fuzz_program(${harness} ${harness} ${mode})
            target_link_options(${harness} PRIVATE -fsanitize=fuzzer)
        endif()
    endforeach()
endfunction()

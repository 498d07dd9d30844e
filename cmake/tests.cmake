# SPDX-License-Identifier: MIT
#
# Everything ctest runs. Nothing is listed: a new file of the right name is a new test.
#   tests/unit/test_*.c        Check programs over the interpreter's parts, one run per mode
#   tests/unit/threading_*.c   Check programs over threading/ and src/base/ only (with threading_stubs.c)
#   stress/st_*.c              seeded stress mains over the same, run here with their short defaults
# Labels: unit, threading, stress, python, tools; and nogil or gil.
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
        "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1" "ASAN_OPTIONS=detect_leaks=0:abort_on_error=0"
        "UBSAN_OPTIONS=print_stacktrace=1")
endif()

# heddle_c_test(MODE SOURCE LABELS LIBRARIES...): build one test program for one mode and register it.
function(heddle_c_test mode source labels)
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
    add_test(NAME ${labels}/${name}/${mode} COMMAND ${name}_${mode} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${labels}/${name}/${mode} PROPERTIES LABELS "${labels};${mode}" TIMEOUT ${heddle_test_timeout}
        ENVIRONMENT "${heddle_test_environment}")
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
            heddle_c_test(${mode} ${source} stress ${alone})
        endforeach()
    endif()
endforeach()

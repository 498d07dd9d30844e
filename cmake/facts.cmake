# SPDX-License-Identifier: MIT
#
# Facts fixed when the tree is configured, written to heddle_config.h: where the standard library is and which version, the
# platform's name, the compiler.
set(HEDDLE_STDLIB_DIR "" CACHE PATH "The standard library (empty: look for it in the usual places)")
set(HEDDLE_UNICODE_DIR /usr/share/unicode CACHE PATH "The Unicode character database (Debian's unicode-data)")

set(heddle_stdlib_dir "${HEDDLE_STDLIB_DIR}")
if(NOT heddle_stdlib_dir)
    foreach(prefix /usr /usr/local)
        if(NOT heddle_stdlib_dir AND EXISTS ${prefix}/lib/python3.11/os.py)
            set(heddle_stdlib_dir ${prefix}/lib/python3.11)
        endif()
    endforeach()
endif()
if(NOT heddle_stdlib_dir)
    set(heddle_stdlib_dir /usr/lib/python3.11)
    message(WARNING "No Python 3.11 standard library found (Debian: libpython3.11-stdlib); assuming ${heddle_stdlib_dir}")
endif()

# The library's exact version is in none of its .py files as such. Ask the package manager, then the build paths recorded in
# _sysconfigdata*.py, then an installed patchlevel.h; at worst it is 3.11.0.
set(heddle_stdlib_version "")
find_program(HEDDLE_DPKG_QUERY dpkg-query)
mark_as_advanced(HEDDLE_DPKG_QUERY)
if(HEDDLE_DPKG_QUERY)
    execute_process(COMMAND ${HEDDLE_DPKG_QUERY} -S ${heddle_stdlib_dir}/os.py
        OUTPUT_VARIABLE owner ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed AND owner MATCHES "^([a-z0-9.+-]+)")
        execute_process(COMMAND ${HEDDLE_DPKG_QUERY} -W -f "\${Version}" ${CMAKE_MATCH_1}
            OUTPUT_VARIABLE package_version ERROR_QUIET)
        if(package_version MATCHES "(3\\.11\\.[0-9]+)")
            set(heddle_stdlib_version ${CMAKE_MATCH_1})
        endif()
    endif()
endif()
if(NOT heddle_stdlib_version)
    file(GLOB facts ${heddle_stdlib_dir}/_sysconfigdata_*.py ${heddle_stdlib_dir}/../../include/python3.11/patchlevel.h)
    foreach(file IN LISTS facts)
        file(STRINGS ${file} lines REGEX "3\\.11\\.[0-9]+")
        if(NOT heddle_stdlib_version AND lines MATCHES "(3\\.11\\.[0-9]+)")
            set(heddle_stdlib_version ${CMAKE_MATCH_1})
        endif()
    endforeach()
endif()
if(NOT heddle_stdlib_version)
    set(heddle_stdlib_version 3.11.0)
endif()
string(REGEX REPLACE ".*\\." "" heddle_stdlib_micro ${heddle_stdlib_version})

set(heddle_multiarch "${CMAKE_C_LIBRARY_ARCHITECTURE}")
if(NOT heddle_multiarch)
    execute_process(COMMAND ${CMAKE_C_COMPILER} -print-multiarch OUTPUT_VARIABLE heddle_multiarch
        ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
if(NOT heddle_multiarch)
    set(heddle_multiarch ${CMAKE_SYSTEM_PROCESSOR}-linux-gnu)
endif()

if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    set(heddle_compiler "GCC ${CMAKE_C_COMPILER_VERSION}")
else()
    set(heddle_compiler "${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}")
endif()

configure_file(${CMAKE_CURRENT_LIST_DIR}/heddle_config.h.in ${HEDDLE_GENERATED_DIR}/heddle_config.h)
message(STATUS "Standard library ${heddle_stdlib_version} in ${heddle_stdlib_dir}; ${heddle_compiler}; modes: ${HEDDLE_MODES}")

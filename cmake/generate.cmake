# SPDX-License-Identifier: MIT
#
# Tables made at build time. Each src/**/NAME_gen.c is a program of its own: it is built for the host and run as
# `NAME_gen OUTDIR UNICODE_DIR`, and must write OUTDIR/NAME_tables.inc, which every source may include.
add_custom_target(heddle_generated)

foreach(source IN LISTS heddle_generator_sources)
    get_filename_component(program ${source} NAME_WE)
    string(REGEX REPLACE "_gen$" "" stem ${program})
    set(tables ${HEDDLE_GENERATED_DIR}/${stem}_tables.inc)

    add_executable(${program} ${source})
    set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tools)
    target_include_directories(${program} PRIVATE ${CMAKE_SOURCE_DIR}/include ${HEDDLE_GENERATED_DIR})
    target_compile_definitions(${program} PRIVATE _GNU_SOURCE)
    target_compile_options(${program} PRIVATE -O1 -Wall -Wextra $<$<BOOL:${HEDDLE_WERROR}>:-Werror>)
    target_link_libraries(${program} PRIVATE PkgConfig::gmp m)

    # Only the Unicode tables read the Unicode files.
    set(inputs "")
    if(stem MATCHES "unicode")
        file(GLOB inputs ${HEDDLE_UNICODE_DIR}/*.txt ${HEDDLE_UNICODE_DIR}/*/*.txt)
        if(NOT inputs)
            message(FATAL_ERROR "No Unicode database in ${HEDDLE_UNICODE_DIR} (Debian: unicode-data); set HEDDLE_UNICODE_DIR")
        endif()
    endif()
    add_custom_command(OUTPUT ${tables}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${HEDDLE_GENERATED_DIR}
        COMMAND ${program} ${HEDDLE_GENERATED_DIR} ${HEDDLE_UNICODE_DIR}
        DEPENDS ${program} ${inputs}
        COMMENT "Writing ${stem}_tables.inc"
        VERBATIM)
    add_custom_target(heddle_tables_${stem} DEPENDS ${tables})
    add_dependencies(heddle_generated heddle_tables_${stem})
endforeach()

# The modules written in C, from the names of their files: modules_table.inc has MODULE(name) for src/modules/mod_name.c.
set(heddle_module_rows "")
file(GLOB heddle_module_sources CONFIGURE_DEPENDS src/modules/mod_*.c)
foreach(source IN LISTS heddle_module_sources)
    get_filename_component(module ${source} NAME_WE)
    string(REGEX REPLACE "^mod_" "" module ${module})
    string(APPEND heddle_module_rows "MODULE(${module})\n")
endforeach()
file(GENERATE OUTPUT ${HEDDLE_GENERATED_DIR}/modules_table.inc CONTENT "${heddle_module_rows}")

# Our own .py files, embedded as text: lib_sources.inc has LIB_SOURCE(name, bytes) for src/lib/name.py.
file(GLOB heddle_lib_sources CONFIGURE_DEPENDS src/lib/*.py)
set(heddle_lib_rows "")
foreach(source IN LISTS heddle_lib_sources)
    get_filename_component(name ${source} NAME_WE)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    file(READ ${source} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    string(REGEX REPLACE "(0x0a,)" "\\1\n" hex "${hex}")
    string(APPEND heddle_lib_rows "LIB_SOURCE(${name}, ${hex})\n")
endforeach()
file(GENERATE OUTPUT ${HEDDLE_GENERATED_DIR}/lib_sources.inc CONTENT "${heddle_lib_rows}")

# The names of OpenSSL's errors, from its headers: openssl_tables.inc has LIBRARY(library) and REASON(library, number, name).
if(lib_OPENSSL_FOUND)
    set(openssl_rows "")
    file(STRINGS ${lib_OPENSSL_INCLUDEDIR}/openssl/err.h lines REGEX "^# *define ERR_LIB_[A-Z0-9_]+ +[0-9]")
    foreach(line IN LISTS lines)
        string(REGEX REPLACE "^# *define ERR_LIB_([A-Z0-9_]+).*" "LIBRARY(\\1)\n" row ${line})
        string(APPEND openssl_rows ${row})
    endforeach()
    file(GLOB openssl_headers ${lib_OPENSSL_INCLUDEDIR}/openssl/*err.h)
    foreach(header IN LISTS openssl_headers)
        file(STRINGS ${header} lines REGEX "^# *define [A-Z0-9_]+_R_[A-Z0-9_]+ +[0-9]+")
        foreach(line IN LISTS lines)
            string(REGEX REPLACE "^# *define ([A-Z0-9]+|OSSL_[A-Z]+)_R_([A-Z0-9_]+) +([0-9]+).*" "REASON(\\1, \\3, \\2)\n" row ${line})
            if(row MATCHES "^REASON")
                string(APPEND openssl_rows ${row})
            endif()
        endforeach()
    endforeach()
    file(GENERATE OUTPUT ${HEDDLE_GENERATED_DIR}/openssl_tables.inc CONTENT "${openssl_rows}")
endif()

# SPDX-License-Identifier: MIT
#
# Libraries. Only GMP (and mimalloc outside sanitizer builds) must be there; for each of the others that is found HAVE_<NAME>
# is defined and the module that needs it is compiled, otherwise importing that module says which package is missing.
find_package(PkgConfig REQUIRED)

add_library(heddle_libraries INTERFACE)



# The distribution's libmimalloc also exports malloc and free. libc is named first, so that it stands before libmimalloc in
# the dynamic linker's search order: malloc stays the C library's (for other libraries too) and mi_* is mimalloc.
if(NOT HEDDLE_SANITIZE)
    find_package(mimalloc REQUIRED)
    target_link_libraries(heddle_libraries INTERFACE c mimalloc)
endif()
target_link_libraries(heddle_libraries INTERFACE m dl)

# heddle_library(NAME PKG MODULE...): one library by its pkg-config module.
function(heddle_library name)
    pkg_check_modules(lib_${name} IMPORTED_TARGET QUIET ${ARGN})
    heddle_library_found(${name} "${lib_${name}_FOUND}" PkgConfig::lib_${name})
endfunction()

# heddle_library_plain(NAME HEADER LIBRARY): one library without a pkg-config file.
function(heddle_library_plain name header library)
    find_path(HEDDLE_${name}_INCLUDE ${header})
    find_library(HEDDLE_${name}_LIBRARY ${library})
    mark_as_advanced(HEDDLE_${name}_INCLUDE HEDDLE_${name}_LIBRARY)
    if(HEDDLE_${name}_INCLUDE AND HEDDLE_${name}_LIBRARY)
        heddle_library_found(${name} TRUE ${HEDDLE_${name}_LIBRARY})
    else()
        heddle_library_found(${name} FALSE "")
    endif()
endfunction()

function(heddle_library_found name found target)
    if(found)
        target_link_libraries(heddle_libraries INTERFACE ${target})
        target_compile_definitions(heddle_libraries INTERFACE HAVE_${name}=1)
        set_property(GLOBAL APPEND PROPERTY heddle_found ${name})
    else()
        set_property(GLOBAL APPEND PROPERTY heddle_missing ${name})
    endif()
endfunction()

pkg_check_modules(gmp REQUIRED IMPORTED_TARGET gmp)
target_link_libraries(heddle_libraries INTERFACE PkgConfig::gmp)

heddle_library(OPENSSL openssl)
heddle_library(ZLIB zlib)
heddle_library_plain(BZ2 bzlib.h bz2)
heddle_library(LZMA liblzma)
heddle_library(EXPAT expat)
heddle_library(SQLITE3 sqlite3)
heddle_library(FFI libffi)
heddle_library(LIBEDIT libedit)
heddle_library(NCURSES ncursesw panelw)
heddle_library(UUID uuid)
heddle_library(CRYPT libcrypt)

get_property(heddle_found GLOBAL PROPERTY heddle_found)
get_property(heddle_missing GLOBAL PROPERTY heddle_missing)
if(heddle_missing)
    message(STATUS "Optional libraries not found: ${heddle_missing}")
endif()

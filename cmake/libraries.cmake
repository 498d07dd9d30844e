# SPDX-License-Identifier: MIT
#
# Libraries. Only GMP (and mimalloc outside sanitizer builds) must be there; for each of the others that is found HAVE_<NAME>
# is defined and the module that needs it is compiled, otherwise importing that module says which package is missing.
#
# The archives that come with the headers are linked into the programs: loading and relocating a dozen shared libraries took a
# quarter of the time of a short program, whether it used one of them or not.  What has no archive is linked as ever.
find_package(PkgConfig REQUIRED)
option(HEDDLE_ARCHIVES "Link libraries into the programs where there are archives of them; OFF: shared ones only" ON)
if(HEDDLE_SANITIZE) # sanitizers stand before the functions of shared libraries, such as crypt_r
    set(HEDDLE_ARCHIVES OFF)
endif()

add_library(heddle_libraries INTERFACE)

# The distribution's libmimalloc also exports malloc and free. libc is named first, so that it stands before libmimalloc in
# the dynamic linker's search order: malloc stays the C library's (for other libraries too) and mi_* is mimalloc.
if(NOT HEDDLE_SANITIZE)
    find_package(mimalloc REQUIRED)
    target_link_libraries(heddle_libraries INTERFACE c mimalloc)
endif()
target_link_libraries(heddle_libraries INTERFACE m dl)

# heddle_link(NAME...): links libraries by the names they have after -l, as archives where possible.  The C library is shared.
# Archives are looked for in `directories`, too.
function(heddle_link)
    foreach(library IN LISTS ARGN)
        if(HEDDLE_ARCHIVES AND NOT library MATCHES "^(c|m|dl|pthread|rt)$")
            find_library(HEDDLE_ARCHIVE_${library} lib${library}.a HINTS ${directories})
            mark_as_advanced(HEDDLE_ARCHIVE_${library})
        endif()
        if(HEDDLE_ARCHIVES AND HEDDLE_ARCHIVE_${library})
            target_link_libraries(heddle_libraries INTERFACE ${HEDDLE_ARCHIVE_${library}})
        else()
            target_link_libraries(heddle_libraries INTERFACE ${library})
        endif()
    endforeach()
endfunction()

# heddle_link_found(PREFIX): compiles with and links what pkg_check_modules(PREFIX ...) found.
function(heddle_link_found prefix)
    set(directories ${${prefix}_LIBRARY_DIRS})
    target_include_directories(heddle_libraries SYSTEM INTERFACE ${${prefix}_INCLUDE_DIRS})
    target_compile_options(heddle_libraries INTERFACE ${${prefix}_CFLAGS_OTHER})
    target_link_directories(heddle_libraries INTERFACE ${directories})
    if(HEDDLE_ARCHIVES)
        heddle_link(${${prefix}_STATIC_LIBRARIES}) # and what they need themselves
    else()
        heddle_link(${${prefix}_LIBRARIES})
    endif()
endfunction()

# heddle_library(NAME MODULE...): libraries by their pkg-config modules.
function(heddle_library name)
    pkg_check_modules(lib_${name} QUIET ${ARGN})
    heddle_library_found(${name} "${lib_${name}_FOUND}")
    if(lib_${name}_FOUND)
        heddle_link_found(lib_${name})
    endif()
endfunction()

# heddle_library_plain(NAME HEADER LIBRARY): one library without a pkg-config file.
function(heddle_library_plain name header library)
    find_path(HEDDLE_${name}_INCLUDE ${header})
    find_library(HEDDLE_${name}_LIBRARY ${library})
    mark_as_advanced(HEDDLE_${name}_INCLUDE HEDDLE_${name}_LIBRARY)
    if(HEDDLE_${name}_INCLUDE AND HEDDLE_${name}_LIBRARY)
        heddle_library_found(${name} TRUE)
        heddle_link(${library})
    else()
        heddle_library_found(${name} FALSE)
    endif()
endfunction()

function(heddle_library_found name found)
    if(found)
        target_compile_definitions(heddle_libraries INTERFACE HAVE_${name}=1)
        set_property(GLOBAL APPEND PROPERTY heddle_found ${name})
    else()
        set_property(GLOBAL APPEND PROPERTY heddle_missing ${name})
    endif()
endfunction()

pkg_check_modules(gmp REQUIRED IMPORTED_TARGET gmp) # the generators are linked with it, too
heddle_link_found(gmp)

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

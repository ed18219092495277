# One interface target carries every flag, so that a file is compiled the same
# way wherever it is built.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON) # cleanup attribute, statement expressions, POSIX
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

# Release: baseline x86-64 code. Faster tiers are files of their own, chosen at
# run time; nothing here may name the machine that builds (-march=native).
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g3 -fno-omit-frame-pointer")

add_library(cs_flags INTERFACE)
target_include_directories(cs_flags INTERFACE ${CMAKE_SOURCE_DIR}/src
                                              ${CMAKE_BINARY_DIR}/gen)
target_compile_definitions(cs_flags INTERFACE _GNU_SOURCE)
target_compile_options(cs_flags INTERFACE
    # Same bits on every machine: fused multiply-add only where written.
    -ffp-contract=off
    -fstack-protector-strong -fno-common
    # Paths in __FILE__ are those of the tree, not of the machine.
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=
    -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wundef -Wvla
    -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
    -Wpointer-arith -Wwrite-strings -Wcast-qual -Wformat=2
    -Wimplicit-fallthrough -Wdouble-promotion -Wnull-dereference
    -Wframe-larger-than=16384)
target_link_options(cs_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed)

if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    target_compile_options(cs_flags INTERFACE -Wlogical-op -Wduplicated-cond)
endif()
if(CONSILIUM_WERROR)
    target_compile_options(cs_flags INTERFACE -Werror)
endif()
if(CONSILIUM_TRACK_ALLOC)
    target_compile_definitions(cs_flags INTERFACE CS_TRACK_ALLOC)
endif()

set(cs_sanitize "${CONSILIUM_SANITIZE}")
if(CONSILIUM_FUZZ)
    string(APPEND cs_sanitize ",fuzzer-no-link")
    string(REGEX REPLACE "^," "" cs_sanitize "${cs_sanitize}")
endif()
if(cs_sanitize)
    target_compile_options(cs_flags INTERFACE -fsanitize=${cs_sanitize}
                                              -fno-sanitize-recover=all)
    target_link_options(cs_flags INTERFACE -fsanitize=${cs_sanitize})
else()
    target_compile_options(cs_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
    target_link_options(cs_flags INTERFACE -pie)
endif()

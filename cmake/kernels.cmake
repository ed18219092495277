# The tiers of src/tensor/kernels and src/image/kernels: each of these files is compiled for its own
# instructions, and everything in it is named for them (docs/decisions/0005).
# -O3 for all kernels: their inner loops have constant bounds to be unrolled.
file(GLOB cs_kernels CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/tensor/kernels/*.c
     ${CMAKE_SOURCE_DIR}/src/image/kernels/*.c)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    set_source_files_properties(${cs_kernels} PROPERTIES COMPILE_OPTIONS -O3)
endif()
# Vectors are passed between inlined functions only; no ABI is at stake.
set_property(SOURCE ${CMAKE_SOURCE_DIR}/src/tensor/kernels/tier_baseline.c
                    ${CMAKE_SOURCE_DIR}/src/image/kernels/tier_baseline.c
             APPEND PROPERTY COMPILE_OPTIONS -Wno-psabi)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64|AMD64")
    set_property(SOURCE ${CMAKE_SOURCE_DIR}/src/tensor/kernels/tier_avx2.c
                        ${CMAKE_SOURCE_DIR}/src/image/kernels/tier_avx2.c
                 APPEND PROPERTY COMPILE_OPTIONS -mavx2 -mfma -mf16c -mbmi -mbmi2)
endif()

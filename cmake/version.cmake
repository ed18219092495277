# gen/version.h: rewritten at every build, but only when it would change.
function(cs_add_version room)
    string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
    string(STRIP "${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${type}}" flags)
    get_filename_component(preset ${CMAKE_BINARY_DIR} NAME)
    set(header ${CMAKE_BINARY_DIR}/gen/version.h)
    add_custom_target(version_header
        COMMAND ${CMAKE_COMMAND}
            -D OUT=${header} -D SOURCE=${CMAKE_SOURCE_DIR}
            -D VERSION=${PROJECT_VERSION} -D PRESET=${preset}
            "-D COMPILER=${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}"
            "-D FLAGS=${flags}" "-D SANITIZE=${CONSILIUM_SANITIZE}"
            -P ${CMAKE_SOURCE_DIR}/cmake/write-version.cmake
        BYPRODUCTS ${header} COMMENT "" VERBATIM)
    add_dependencies(cs_${room} version_header)
endfunction()

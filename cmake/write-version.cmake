# Run by the build: asks git which commit this is. Outside a checkout (a source
# archive) the project version stands alone.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --tags --match "v*"
                OUTPUT_VARIABLE describe OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
    set(describe "unknown")
endif()
set(text "/* Generated; do not edit. */
#define CS_VERSION \"${VERSION}\"
#define CS_GIT_DESCRIBE \"${describe}\"
#define CS_BUILD_PRESET \"${PRESET}\"
#define CS_BUILD_COMPILER \"${COMPILER}\"
#define CS_BUILD_FLAGS \"${FLAGS}\"
#define CS_BUILD_SANITIZE \"${SANITIZE}\"
")
set(old "")
if(EXISTS ${OUT})
    file(READ ${OUT} old)
endif()
if(NOT old STREQUAL text)
    file(WRITE ${OUT} "${text}")
endif()

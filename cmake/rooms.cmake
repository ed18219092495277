# Rooms: one static library each, linked only to the rooms that src/rooms.txt
# lets it use. A call upwards therefore fails to link even where a prototype
# was smuggled in.

# Fills CS_ROOMS and CS_USES_<room> from src/rooms.txt.
function(cs_read_rooms)
    set(file ${CMAKE_SOURCE_DIR}/src/rooms.txt)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(STRINGS ${file} lines REGEX "^[a-z]")
    foreach(line IN LISTS lines)
        separate_arguments(words UNIX_COMMAND "${line}")
        list(POP_FRONT words room)
        list(APPEND rooms ${room})
        set(CS_USES_${room} ${words} PARENT_SCOPE)
    endforeach()
    set(CS_ROOMS ${rooms} PARENT_SCOPE)
endfunction()

# cs_room(NAME [LIBS library…]): library cs_NAME from every .c file of
# src/NAME but main.c.
function(cs_room name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBS")
    if(NOT name IN_LIST CS_ROOMS)
        message(FATAL_ERROR "room '${name}' is missing in src/rooms.txt")
    endif()
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.c)
    list(FILTER sources EXCLUDE REGEX "/main\\.c$")
    add_library(cs_${name} STATIC ${sources})
    target_link_libraries(cs_${name} PUBLIC cs_flags ${arg_LIBS})
    foreach(used IN LISTS CS_USES_${name})
        target_link_libraries(cs_${name} PUBLIC cs_${used})
    endforeach()
endfunction()

# gen/message_table_zh.c from the zh-CN.po of every room.
function(cs_add_messages room)
    file(GLOB catalogues CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/*/zh-CN.po)
    set(table ${CMAKE_BINARY_DIR}/gen/message_table_zh.c)
    add_custom_command(OUTPUT ${table}
        COMMAND ${PYTHON3} ${CMAKE_SOURCE_DIR}/tools/messages table ${catalogues} -o ${table}
        DEPENDS ${catalogues} ${CMAKE_SOURCE_DIR}/tools/messages
        COMMENT "Generating the Chinese message table" VERBATIM)
    target_sources(cs_${room} PRIVATE ${table})
endfunction()

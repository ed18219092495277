# cmake -P build-release.cmake SOURCE: configures and builds the release preset.
foreach(arguments "--preset;release" "--build;--preset;release")
    execute_process(COMMAND ${CMAKE_COMMAND} ${arguments}
                    WORKING_DIRECTORY ${CMAKE_ARGV3} COMMAND_ERROR_IS_FATAL ANY)
endforeach()

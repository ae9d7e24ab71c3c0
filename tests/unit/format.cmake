# Fails where clang-format 14 would change a source file. Run: cmake -D ROOT=... -D CLANG_FORMAT=... -P format.cmake
file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/energy/*.[hc]pp ${ROOT}/configs/*.[hc]pp ${ROOT}/traces/*.[hc]pp
     ${ROOT}/components/*.[hc]pp ${ROOT}/arch/*.[hc]pp ${ROOT}/nn/*.[hc]pp ${ROOT}/cli/*.[hc]pp ${ROOT}/tests/*.[hc]pp)
execute_process(COMMAND ${CLANG_FORMAT} --dry-run --Werror ${files} WORKING_DIRECTORY ${ROOT} RESULT_VARIABLE result
                ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "run: clang-format -i on the files below\n${output}")
endif()

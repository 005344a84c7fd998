# gcr contains the filter of system calls. gcr-filter, which makes it, is a program for the machine that builds gcr, also if gcr is
# built for another one.
find_program(GCR_BUILD_CC NAMES cc gcc clang REQUIRED NO_CMAKE_FIND_ROOT_PATH)

function(gcr_add_filter)
	get_filename_component(step ${CMAKE_CURRENT_SOURCE_DIR} NAME)
	set(maker ${CMAKE_CURRENT_BINARY_DIR}/gcr-filter)
	set(filter ${CMAKE_CURRENT_BINARY_DIR}/filter.inc)
	set(sources ${CMAKE_CURRENT_SOURCE_DIR}/gcr-filter.c ${CMAKE_CURRENT_SOURCE_DIR}/profile.c)
	set(common ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../../common)
	set(flags -std=gnu17 -D_GNU_SOURCE -Wall)
	if(GCR_WERROR)
		list(APPEND flags -Werror)
	endif()
	add_custom_command(OUTPUT ${filter}
		COMMAND ${GCR_BUILD_CC} ${flags} -I${common} -o ${maker} ${sources} -lseccomp
		COMMAND ${maker} ${CMAKE_SYSTEM_PROCESSOR} >${filter}.new
		COMMAND ${CMAKE_COMMAND} -E rename ${filter}.new ${filter} # else what a maker that dies leaves would count as made
		DEPENDS ${sources} ${CMAKE_CURRENT_SOURCE_DIR}/profile.h
		COMMENT "Compiling the profile of system calls")
	set_source_files_properties(syscalls.c PROPERTIES OBJECT_DEPENDS ${filter})
	target_include_directories(gcr-${step} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()

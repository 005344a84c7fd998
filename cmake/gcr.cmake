# What every step is built with. A step's CMakeLists.txt includes this and calls gcr_step().
include_guard(GLOBAL)

option(GCR_SANITIZE "build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(GCR_WERROR "make every warning an error" OFF)
option(GCR_DYNAMIC "link with shared libraries, which valgrind can look into" OFF)
option(GCR_COVERAGE "count which lines run, see tools/coverage" OFF)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
	set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

# On a processor of 32 bits, files have sizes and inode numbers of 64 bits, too, and time goes on after 2038.
add_compile_definitions(_GNU_SOURCE _FILE_OFFSET_BITS=64 _TIME_BITS=64)
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -fstack-protector-strong)
add_compile_options(-Wno-missing-field-initializers) # fields that a table's row leaves out are 0
add_link_options(-Wl,-z,relro,-z,now)
if(GCR_WERROR)
	add_compile_options(-Werror)
endif()
if(GCR_SANITIZE)
	add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
	add_link_options(-fsanitize=address,undefined)
else()
	add_compile_options($<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
endif()

# The counts are written below descriptor 199, which the container's process can reach too (tests/coverage.c).
if(GCR_COVERAGE)
	add_compile_options(-fprofile-arcs -ftest-coverage -fprofile-dir=/proc/self/fd/199 -fprofile-update=atomic)
	add_link_options(--coverage -Wl,--wrap=_exit -Wl,--wrap=close_range)
	add_library(coverage OBJECT ${CMAKE_CURRENT_LIST_DIR}/../tests/coverage.c)
	target_compile_options(coverage PRIVATE -fno-profile-arcs -fno-test-coverage)
	link_libraries($<TARGET_OBJECTS:coverage>)
endif()

if(NOT TARGET libgcr)
	add_subdirectory(${CMAKE_CURRENT_LIST_DIR}/../common ${CMAKE_BINARY_DIR}/common)
endif()

# The dynamic loader takes a fifth of a container's start. Sanitizers and valgrind need it.
function(gcr_link_statically target)
	if(NOT GCR_SANITIZE AND NOT GCR_DYNAMIC)
		target_link_options(${target} PRIVATE -static-pie)
	endif()
endfunction()

# Installs a program only if it belongs to the last step.
function(gcr_install_last target)
	include(GNUInstallDirs)
	file(GLOB all ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../steps/v*)
	list(GET all -1 last)
	get_filename_component(last ${last} NAME)
	get_filename_component(step ${CMAKE_CURRENT_SOURCE_DIR} NAME)
	if(step STREQUAL last)
		install(TARGETS ${target})
	endif()
endfunction()

# Builds ./gcr of a step from all .c files in the calling folder, with these libraries. A file gcr-NAME.c is a program of
# its own and left out. The folder's name is the version.
function(gcr_step)
	get_filename_component(step ${CMAKE_CURRENT_SOURCE_DIR} NAME)
	file(GLOB sources CONFIGURE_DEPENDS *.c)
	list(FILTER sources EXCLUDE REGEX "/gcr-[^/]*$")
	add_executable(gcr-${step} ${sources})
	set_target_properties(gcr-${step} PROPERTIES OUTPUT_NAME gcr)
	target_compile_definitions(gcr-${step} PRIVATE GCR_STEP="${step}")
	target_link_libraries(gcr-${step} PRIVATE libgcr ${ARGN})
	gcr_link_statically(gcr-${step})
	gcr_install_last(gcr-${step})
endfunction()

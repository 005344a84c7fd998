# What a step with a network needs: libraries, and the helper gcr-net beside gcr.
include(GNUInstallDirs)
include(CheckLinkerFlag)

# These libraries have their headers in folders of their own.
find_path(LIBNL_INCLUDES netlink/netlink.h PATH_SUFFIXES libnl3 REQUIRED)
find_path(JSON_C_INCLUDES json.h PATH_SUFFIXES json-c REQUIRED)

# In a static program the linker warns of libnl's functions that look up names. Nothing here calls them.
check_linker_flag(C LINKER:--no-warnings GCR_HAS_NO_WARNINGS)

function(gcr_add_network)
	get_filename_component(step ${CMAKE_CURRENT_SOURCE_DIR} NAME)
	set(helper gcr-net-${step})
	add_executable(${helper} gcr-net.c address.c cable.c link.c netlink.c tables.c)
	set_target_properties(${helper} PROPERTIES OUTPUT_NAME gcr-net)
	target_link_libraries(${helper} PRIVATE libgcr cap)
	gcr_link_statically(${helper})
	add_dependencies(gcr-${step} ${helper})
	target_link_libraries(gcr-${step} PRIVATE json-c)
	target_include_directories(gcr-${step} PRIVATE ${JSON_C_INCLUDES})

	# gcr net setup puts the helper into GCR_LIBEXEC, and gcr looks for it there.
	foreach(program gcr-${step} ${helper})
		target_link_libraries(${program} PRIVATE nl-route-3 nl-3)
		target_include_directories(${program} PRIVATE ${LIBNL_INCLUDES})
		target_link_options(${program} PRIVATE $<$<BOOL:${GCR_HAS_NO_WARNINGS}>:LINKER:--no-warnings>)
		target_compile_definitions(${program} PRIVATE GCR_LIBEXEC="${CMAKE_INSTALL_FULL_LIBEXECDIR}/gcr")
	endforeach()

	# gcr contains the rules.
	set(rules ${CMAKE_CURRENT_SOURCE_DIR}/gcr.nft)
	set_source_files_properties(rules.c PROPERTIES COMPILE_DEFINITIONS GCR_NFT="${rules}" OBJECT_DEPENDS ${rules})

	# This installs the helper without its capability. gcr net setup installs the copy that has it.
	gcr_install_last(${helper})
endfunction()

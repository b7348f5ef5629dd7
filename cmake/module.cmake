# module(<name> USES <modules...> LIBS <libraries...>)
#
# One static library for one top folder: <name>/*.cpp and <name>/*/*.cpp, without <name>/main.cpp, which is a program's.
#   Include fence  build/include/<name>/<name> is a link to the folder and build/include/<name> is an include root for
#                  <name> and its users. `#include "engine/event.h"` finds nothing where engine was not declared.
#   Link test      <name>_link_test links the whole library against what it declared and nothing else, so that a missing
#                  declaration is an undefined symbol here and not a surprise in a later program.
#   Cap'n Proto    <name>/*.capnp is compiled to C++; `#include "<file>.capnp.h"` works in this module's sources alone.
# A module's users see the modules it USES (its headers speak of their types), and none of its LIBS.
function(module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES;LIBS")
  set(folder ${PROJECT_SOURCE_DIR}/${name})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp ${folder}/*/*.cpp)
  list(REMOVE_ITEM sources ${folder}/main.cpp)
  _schema_sources(${name} ${folder} generated)

  set(fence ${PROJECT_BINARY_DIR}/include/${name})
  file(MAKE_DIRECTORY ${fence})
  file(CREATE_LINK ${folder} ${fence}/${name} SYMBOLIC)

  if(NOT sources AND NOT generated)  # headers only
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${fence})
    target_link_libraries(${name} INTERFACE ${arg_USES})
    return()
  endif()

  add_library(${name} STATIC ${sources} ${generated})
  target_include_directories(${name} PUBLIC ${fence})
  target_link_libraries(${name} PUBLIC ${arg_USES} PRIVATE ${arg_LIBS})
  if(generated)
    target_include_directories(${name} SYSTEM PRIVATE ${PROJECT_BINARY_DIR}/capnp/${name})
  endif()

  add_executable(${name}_link_test ${PROJECT_SOURCE_DIR}/cmake/link_test.cpp)
  target_link_libraries(${name}_link_test PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${name}>")
  add_test(NAME ${name}_link_test COMMAND ${name}_link_test)
endfunction()

# What is shipped or measured allocates with jemalloc; other builds as the sanitizers and the debugger want it.
function(use_fast_allocator target)
  if(CMAKE_BUILD_TYPE STREQUAL Release)
    target_link_libraries(${target} PRIVATE PkgConfig::jemalloc)
  endif()
endfunction()

# program(<program> <module>): <module>/main.cpp linked with its module.
function(program name module)
  set(main ${PROJECT_SOURCE_DIR}/${module}/main.cpp)
  file(GLOB found CONFIGURE_DEPENDS ${main})
  if(found)
    add_executable(${name} ${main})
    target_link_libraries(${name} PRIVATE ${module})
    use_fast_allocator(${name})
    target_compile_definitions(${name} PRIVATE GENLOCK_VERSION="${PROJECT_VERSION}")
  endif()
endfunction()

# Sets `out` to the C++ of all schemas in `folder`. Warnings are off for it: it is not ours to mend.
function(_schema_sources name folder out)
  set(CAPNPC_SRC_PREFIX ${folder})
  set(CAPNPC_OUTPUT_DIR ${PROJECT_BINARY_DIR}/capnp/${name})
  file(MAKE_DIRECTORY ${CAPNPC_OUTPUT_DIR})
  file(GLOB schemas CONFIGURE_DEPENDS ${folder}/*.capnp)
  if(schemas)
    capnp_generate_cpp(cpp headers ${schemas})
    set_source_files_properties(${cpp} PROPERTIES COMPILE_OPTIONS -w)
  endif()
  set(${out} ${cpp} ${headers} PARENT_SCOPE)
endfunction()

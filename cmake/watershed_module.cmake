# watershed_module(NAME PATH dir [DEPENDS modules…] [LIBRARIES libs…])
#
# One static library from every x.cpp below `dir`, and from its siblings: x_test.cpp into NAME_test (registered with
# CTest), x_bench.cpp into NAME_bench, x_fuzz.cpp into an executable of its own; x_preload.cpp goes into none of them (see
# watershed_preload). Adding a file needs no change here.
# DEPENDS are modules; LIBRARIES are outside libraries.

function(watershed_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
    -Woverloaded-virtual -Werror)
  # GCC 12 reports false positives for these inside coroutine frames and std::string (GCC bugs 105329, 105562).
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overread
      -Wno-stringop-overflow -Wno-array-bounds -Wno-dangling-pointer)
  endif()
endfunction()

function(watershed_precompile target)
  if(WATERSHED_PCH)
    target_precompile_headers(${target} PRIVATE
      <algorithm> <chrono> <cstdint> <functional> <map> <memory> <optional> <span> <string> <string_view>
      <unordered_map> <utility> <variant> <vector> <fmt/format.h>)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_compile_options(${target} PRIVATE -fpch-preprocess)
    endif()
  endif()
endfunction()

# Sources that read files of the tree learn where it is. Only those: with the path in its command line a source is compiled
# anew in every clone, whatever ccache holds.
function(watershed_tell_source_dir)
  foreach(source ${ARGN})
    file(STRINGS ${source} found REGEX "WATERSHED_SOURCE_DIR" LIMIT_COUNT 1)
    if(found)
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS WATERSHED_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    endif()
  endforeach()
endfunction()

function(watershed_module name)
  cmake_parse_arguments(ARG "" "PATH" "DEPENDS;LIBRARIES" ${ARGN})
  set(root ${CMAKE_SOURCE_DIR}/${ARG_PATH})
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${root}/*.cpp)
  set(tests ${files})
  set(benches ${files})
  set(fuzzers ${files})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER benches INCLUDE REGEX "_bench\\.cpp$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
  list(FILTER files EXCLUDE REGEX "(_test|_bench|_fuzz|_preload|/main)\\.cpp$")

  if(files)
    add_library(${name} STATIC ${files})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${ARG_DEPENDS} ${ARG_LIBRARIES})
    watershed_warnings(${name})
    watershed_precompile(${name})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${ARG_DEPENDS} ${ARG_LIBRARIES})
  endif()

  if(WATERSHED_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${name} GTest::gmock GTest::gtest_main)
    watershed_tell_source_dir(${tests})
    watershed_warnings(${name}_test)
    watershed_precompile(${name}_test)
    add_test(NAME ${name} COMMAND ${name}_test --gtest_brief=1)
  endif()
  if(WATERSHED_BENCHMARKS AND benches)
    add_executable(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE ${name} benchmark::benchmark_main)
    watershed_tell_source_dir(${benches})
    watershed_warnings(${name}_bench)
  endif()
  if(WATERSHED_FUZZ)
    foreach(fuzzer ${fuzzers})
      get_filename_component(fuzz_name ${fuzzer} NAME_WE)
      add_executable(${fuzz_name} ${fuzzer})
      target_link_libraries(${fuzz_name} PRIVATE ${name})
      target_link_options(${fuzz_name} PRIVATE -fsanitize=fuzzer)
      watershed_warnings(${fuzz_name})
    endforeach()
  endif()
endfunction()

# watershed_preload(NAME FOLDER SOURCE): a shared library from every x_preload.cpp in the folder, for ld.so(8) to load into
# other people's programs, so without anything but the C library; its bytes become part of the source.
function(watershed_preload name folder source)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*_preload.cpp)
  add_library(${name} MODULE ${files})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE -O2 -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-sanitize=all -fvisibility=default)
  target_link_options(${name} PRIVATE -nodefaultlibs -fno-sanitize=all -Wl,-z,now)
  target_link_libraries(${name} PRIVATE c gcc)
  watershed_warnings(${name})
  set(file ${CMAKE_BINARY_DIR}/${name}.so)
  set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  set_source_files_properties(${CMAKE_SOURCE_DIR}/${source} PROPERTIES
    COMPILE_DEFINITIONS WATERSHED_PRELOAD_FILE="${file}" OBJECT_DEPENDS ${file})
endfunction()

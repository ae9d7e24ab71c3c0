# Every third-party library, by the names of Debian 12's packages (scripts/install-packages lists them).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(tomlplusplus 3.3 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(TBB REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET GLOBAL systemc>=2.3.4)
pkg_check_modules(HDF5 REQUIRED IMPORTED_TARGET GLOBAL hdf5-serial)
pkg_check_modules(HWY REQUIRED IMPORTED_TARGET GLOBAL libhwy)
pkg_check_modules(STB REQUIRED IMPORTED_TARGET GLOBAL stb)

# Debian's libsystemc exports only the C++17 name of its API check; the define selects that name and nothing else.
add_library(sumline_systemc INTERFACE)
target_link_libraries(sumline_systemc INTERFACE PkgConfig::SYSTEMC)
target_compile_definitions(sumline_systemc INTERFACE SC_INCLUDE_DYNAMIC_PROCESSES SC_CPLUSPLUS=201703L)
# Threads of SystemC have stacks of their own. Where one is unwound (a run that ends kills them), the address sanitizer cannot clear its
# marks from the frames that are gone, and reports the next ones that lie there.
target_compile_options(sumline_systemc INTERFACE $<$<CXX_COMPILER_ID:GNU>:--param=asan-stack=0>)

if(SUMLINE_TORCH)
  find_package(Torch 1.13 REQUIRED)
endif()
if(SUMLINE_TESTS)
  find_package(Catch2 2.13 REQUIRED)
  find_package(benchmark REQUIRED)
endif()

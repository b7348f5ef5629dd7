# Every dependency, its version in Debian 12 and why it is here. All come from Debian's main archive.
#
# RocksDB by pkg-config: its CMake config picks the static library, which needs six more -dev packages.
# cpp-httplib by pkg-config: its flags change the size of its classes; a program without them links and crashes.
# So every file is compiled with them, and who calls it links PkgConfig::httplib.
find_package(PkgConfig REQUIRED)
pkg_check_modules(rocksdb REQUIRED IMPORTED_TARGET rocksdb>=7.8)  # 7.8.3 durable log and rows: atomic batches
find_package(CapnProto 0.9 CONFIG REQUIRED)      # 0.9.2 schema of events and of the wire, which may grow
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib>=0.11.4)  # 0.11.4 HTTP server and client, TLS
find_package(nlohmann_json 3.11 CONFIG REQUIRED) # 3.11.2 JSON of the API and of the relational schema
find_path(XXHASH_INCLUDE xxhash.h REQUIRED)      # 0.8.1 XXH3 checksums, compiled in place
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd>=1.5)  # 1.5.4 compressed sync chunks, bundles and history files
find_package(OpenSSL 3.0 REQUIRED)               # 3.0 SHA-256, signatures, TLS
pkg_check_modules(jemalloc REQUIRED IMPORTED_TARGET jemalloc>=5.3)  # 5.3.0 release programs' allocator: a quarter less time
find_package(Threads REQUIRED)                   # the server, the replicator and the log writer
find_package(CLI11 2.1 CONFIG REQUIRED)          # 2.1.2 command line, in cli/ alone
find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)  # 3.3.0 the file of --config, compiled in place in cli/
pkg_check_modules(prometheus REQUIRED IMPORTED_TARGET prometheus-cpp-core>=1.0)  # 1.0.1 histograms and text of /metrics, in cli/
find_package(fmt 9 CONFIG REQUIRED)              # 9.1 text output; gcc 12 has no <format>
find_package(Catch2 CONFIG REQUIRED)             # 2.13.10 tests; 3 works too (tests/catch.h)
find_package(rapidcheck CONFIG REQUIRED)         # 0~1033 laws with shrinking counterexamples

add_library(tomlplusplus INTERFACE)
target_include_directories(tomlplusplus SYSTEM INTERFACE ${TOMLPLUSPLUS_INCLUDE})

add_compile_options(${httplib_CFLAGS})

add_library(xxhash INTERFACE)
target_compile_definitions(xxhash INTERFACE XXH_INLINE_ALL=)
target_include_directories(xxhash SYSTEM INTERFACE ${XXHASH_INCLUDE})
